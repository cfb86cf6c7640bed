// SPDX-License-Identifier: GPL-2.0-or-later
// `check --format mail` and `trace --format mail`: what a reviewer pastes below a patch.
#include <sstream>

#include "report/mail_lines.h"
#include "tests/cli/command.h"

namespace luproof::command {
namespace {

const std::filesystem::path kRoot = std::filesystem::path(LUPROOF_TEST_DIR).parent_path();

std::string golden(const std::string& name) {
  return Folder::read(LUPROOF_TEST_DIR "/cli/golden/" + name);
}

// Addresses stay whole, and so does a word of a command.
void check_lines(const std::string& mail) {
  std::istringstream lines(mail);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK((line.size() <= 72 || line.find("https://") != std::string::npos));
    CHECK((line.empty() || line.back() != ' '));
    CHECK(line.find_first_of("\t\x1b") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("a mail names the sources of the rule that breaks the promise", "[cli][mail]") {
  const Folder folder;
  const Ran ran =
      folder.run("check docs/tutorial/first.yaml --format mail --color always", kRoot.string());
  CHECK(ran.status == 1);
  CHECK(ran.out == golden("check-first.mail"));
  check_lines(ran.out);
}

TEST_CASE("a mail claims any number of VFs only of what was shown for it", "[cli][mail]") {
  const Folder folder;
  const Ran ran = folder.run("check docs/tutorial/first.yaml --variant with-ports --format mail",
                             kRoot.string());
  CHECK(ran.status == 0);
  // Who waits for ever is looked at for the number of the topology alone.
  std::string text = ran.out;
  for (std::size_t at = 0; (at = text.find("\n  ", at)) != std::string::npos;)
    text.replace(at, 3, " ");
  CHECK(
      text.find("any number of VFs (1 to 64), 6 states: vf-dma-continues, vf-reset, vf-exists\n") !=
      std::string::npos);
  CHECK(text.find("holds, all depths, this topology (1 VF), 6 states: deadlock") !=
        std::string::npos);
}

TEST_CASE("a mail says what it leaves out", "[cli][mail]") {
  const Folder folder;
  const Ran ran =
      folder.run("check specs/designs/vfio-v5.yaml --variant phase-1-buses-assigned --format mail",
                 kRoot.string());
  CHECK(ran.status == 1);
  check_lines(ran.out);
  for (const char* head : {"\n  Switched off: ", "\n  Override: ", "\n  Not modelled: "})
    CHECK(ran.out.find(head) != std::string::npos);
  CHECK(ran.out.find(" more\n") != std::string::npos);
  // A list ends with a whole item, or with the number of those that are left out.
  std::istringstream lines(ran.out);
  for (std::string line, before; std::getline(lines, line); before = line)
    if (line.starts_with("  luproof check ")) {
      INFO(before);
      CHECK(before.find("...") == std::string::npos);
    }

  bool all = true;
  const std::vector<std::string> items(40, "an-item-of-some-length");
  const auto some = report::mail_list("Head:", items, ", ", 2, all);
  REQUIRE(some.size() == 2);
  CHECK(some[1].ends_with(" more"));
  CHECK_FALSE(all);
  all = true;
  CHECK(report::mail_list("Head:", {"a", "b"}, ", ", 1, all) ==
        std::vector<std::string>{"  Head: a, b"});
  CHECK(all);
}

TEST_CASE("a mail quotes a line once, and names every property", "[cli][mail]") {
  const Folder folder;
  const std::string captures = (kRoot / "tests/captures").string();
  const Ran ran = folder.run(
      "trace rig61/old.console.zst rig61/new.trace --topology rig61/before.lspci.zst "
      "--topology-after rig61/after.lspci.zst --keep all --probes rig61/probes.txt --format mail",
      captures);
  CAPTURE(ran.out, ran.err);
  CHECK(ran.status == 1);
  check_lines(ran.out);
  const auto times = [&](const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = ran.out.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  CHECK(times("> [ 17.071959] pci_write_config_word") == 1);
  CHECK(times("vf-dma-continues of 0000:01:00.1, 0000:01:00.2,") == 1);
  CHECK(times("vf-exists of 0000:01:00.1, 0000:01:00.2,") == 1);
}

TEST_CASE("a mail about a capture quotes the lines that decide it", "[cli][mail]") {
  const Folder folder;
  const std::string captures = (kRoot / "tests/captures").string();
  const std::string igb = "trace s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst ";
  const std::string boot = "trace s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --design ";
  const auto mail = [&](const std::string& line, int status) {
    const Ran ran = folder.run(line + " --format mail --color always", captures);
    CAPTURE(line, ran.err);
    CHECK(ran.status == status);
    check_lines(ran.out);
    return ran.out;
  };
  CHECK(mail(igb + "--keep 0000:01:10.0", 1) == golden("trace-violates.mail"));
  CHECK(mail(boot + "luo-handlers-7.3 --from-start", 1) == golden("trace-unexplained.mail"));
  CHECK(mail(igb, 0).find("conforms: nothing had to be kept\n  consistent\n") != std::string::npos);
  const std::string lost = mail(
      "trace s7lost/pipe.trace_pipe.txt.zst --topology topology/igb4.lspci.zst --keep 0000:01:10.0",
      3);
  CHECK(lost.find("inconclusive: line 223, CPU 1:\n  7610 events lost\n  cannot tell\n") !=
        std::string::npos);
  CHECK(lost.find("Not shown: line 223: 7610 events lost; line 346: ") != std::string::npos);
}

TEST_CASE("a mail about a folder says what came of its runs", "[cli][mail]") {
  const Folder folder;
  folder.write("ci/none.trace", "this is none\n");
  std::filesystem::copy_file(kRoot / "tests/captures/s1/igb-kprobe.trace.txt",
                             folder.path() + "/ci/igb.trace");
  std::filesystem::copy_file(kRoot / "tests/captures/topology/igb4.lspci.zst",
                             folder.path() + "/ci/igb.lspci.zst");
  folder.write("ci/captures.yaml",
               "- {captures: [none.trace]}\n- {name: good, captures: [igb.trace]}\n"
               "- {name: bad, captures: [igb.trace], topology: igb.lspci.zst, keep: "
               "['0000:01:10.0']}\n");
  const Ran ran = folder.run("trace ci --format mail");
  CAPTURE(ran.out, ran.err);
  CHECK(ran.status == 2);
  check_lines(ran.out);
  CHECK(ran.out.find("luproof: ci: 3 runs: 1 violated, 1 wrong input, 1 conforming\n"
                     "luproof: none.trace: wrong input: ") == 0);
  // What is fine is only named; of what is not there is the mail of its own.
  CHECK(ran.out.find("\nFine: good\n  luproof trace ci\n\n"
                     "luproof: bad: violates vf-dma-continues\n") != std::string::npos);
  CHECK(ran.out.find("\n> init-1 [000] ") != std::string::npos);
}

TEST_CASE("a mail about a folder tells what was not judged, and what is known", "[cli][mail]") {
  const Folder folder;
  const auto copy = [&](const char* from, const std::string& to) {
    std::filesystem::copy_file(kRoot / "tests/captures" / from, folder.path() + "/ci/" + to);
  };
  std::filesystem::create_directory(folder.path() + "/ci");
  copy("s1/igb-kprobe.trace.txt", "igb.trace");
  copy("topology/igb4.lspci.zst", "igb.lspci.zst");
  folder.write("ci/readme.bin", std::string("\x7f\x01", 2));
  const Ran all = folder.run("trace ci --format mail");
  INFO(all.out << all.err);
  check_lines(all.out);
  CHECK(all.out.find("\nNot judged: readme.bin: ") != std::string::npos);
  folder.write("ci/captures.yaml",
               "- {name: bad, captures: [igb.trace], topology: igb.lspci.zst, keep: "
               "['0000:01:10.0']}\n");
  // Of vf-reset the capture leaves something open, for want of a probe.
  const std::string exists = "trace ci --claim exists --today 2026-12-01 ";
  folder.run(exists + "--write-baseline known.yaml");
  const Ran known = folder.run(exists + "--baseline known.yaml --format mail");
  INFO(known.out << known.err);
  CHECK(known.status == 0);
  CHECK(known.out.find("\nOnly violations that are known: bad\n") != std::string::npos);
  CHECK(known.out.find("Fine:") == std::string::npos);
}

TEST_CASE("what a mail cuts ends with a whole character", "[cli][mail]") {
  CHECK(report::cut("abcdef", 6) == "abcdef");
  CHECK(report::cut("abcdefg", 6) == "abc...");
  CHECK(report::cut("ab\u00e4\u00e4\u00e4", 6) == "ab...");  // each of two bytes
  const auto lines = report::mail_lines(std::string(71, 'a') + " " + std::string(40, 'b'), 2, 0, 1);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == std::string(68, 'a') + " ...");
}

}  // namespace luproof::command
