// SPDX-License-Identifier: GPL-2.0-or-later
// What is written arrives whole, or is said not to have arrived.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "tests/cli/command.h"

namespace {

namespace fs = std::filesystem;
using luproof::command::Folder;
using luproof::command::Ran;

const std::string kSpecs = LUPROOF_SOURCE_SPECS;
const std::string kHolds = "'" LUPROOF_SOURCE_SPECS "/designs/idpf-lpc2025.yaml' --variant slides";

int shell(const std::string& command) {
  const int status = std::system(("bash -c \"" + command + "\"").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::set<std::string> files_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.insert(file.path().filename());
  return names;
}

}  // namespace

TEST_CASE("a reader that has seen enough does no harm", "[cli][output]") {
  const Folder folder;
  const std::string rules = "'" LUPROOF_BINARY "' rules '" + kSpecs + "/rules'";
  const std::string to = " 2>'" + folder.path() + "/err'";
  CHECK(shell(rules + to + " | head -n 1 >/dev/null") == 0);
  CHECK(Folder::read(folder.path() + "/err").empty());
  // Where somebody ignores SIGPIPE for us, the write fails instead; that is said, and no crash.
  CHECK(shell("trap '' PIPE; " + rules + to + " | head -n 1 >/dev/null; exit \\${PIPESTATUS[0]}") ==
        2);
  CHECK(Folder::read(folder.path() + "/err").find("cannot write to standard output") !=
        std::string::npos);
}

TEST_CASE("files appear whole or not at all", "[cli][output]") {
  const Folder folder;
  const std::string folder_name = folder.path();
  folder.write("before.pml", "kept");
  // The disk is full for the file that is written beside the old one.
  const std::string small =
      "ulimit -f 1; trap '' XFSZ; cd '" + folder_name + "'; '" LUPROOF_BINARY "' ";
  CHECK(shell(small + "export " + kHolds + " --to promela -o before.pml 2>/dev/null") == 2);
  CHECK(Folder::read(folder_name + "/before.pml") == "kept");
  CHECK(files_in(folder_name) == std::set<std::string>{"before.pml"});
  CHECK(folder.run("export " + kHolds + " --to promela -o before.pml").status == 0);
  CHECK(Folder::read(folder_name + "/before.pml").size() > 1000);
  // A device stays one.
  CHECK(folder.run("export " + kHolds + " --to promela -o /dev/null").status == 2);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(folder.run("export " + kHolds + " --to promela -o .").status == 2);
  CHECK(folder.run("export " + kHolds + " --to promela -o no/such/folder.pml").status == 2);
}

TEST_CASE("without --format the ending of the file says the form", "[cli][output]") {
  const Folder folder;
  folder.write("plan.yaml",
               "design: plan\ncite: linux-7.3.4\nstate: {kernel: {a: bool}}\n"
               "actors: {one: {code: a = true}}\nproperties:\n"
               "  off: {never: a, because: It is on.}\n");
  const std::string check = "check plan.yaml ";
  const auto written = [&](const std::string& line, const std::string& name) {
    const Ran ran = folder.run(line + " -o " + name);
    INFO(line << " " << name << "\n" << ran.err);
    CHECK(ran.status == (line[0] == 's' ? 0 : 1));
    CHECK(ran.out.empty());
    return Folder::read(folder.path() + "/" + name);
  };
  const std::vector<std::pair<std::string, std::string>> begins = {
      {"a.html", "<!DOCTYPE html>"},
      {"a.HTM", "<!DOCTYPE html>"},
      {"a.json", "{\n  \"command\": \"check\""},
      {"a.sarif", "{\n  \"$schema\""},
      {"a.sarif.json", "{\n  \"$schema\""},
      {"a.mail", "luproof: plan: off"},
      {"a.txt", "plan\n"},
      {"a", "plan\n"},
      {"a.of-today", "plan\n"}};
  for (const auto& [name, begin] : begins) {
    const std::string text = written(check, name);
    INFO(name << "\n" << text.substr(0, 80));
    CHECK(text.rfind(begin, 0) == 0);
  }
  CHECK(written(check + "--format text", "b.html").rfind("plan\n", 0) == 0);
  const std::string dump =
      "show --topology '" LUPROOF_TEST_DIR "/captures/topology/igb4.lspci.zst'";
  CHECK(written(dump, "t.dot").rfind("digraph", 0) == 0);
  CHECK(written(dump, "t.svg").rfind("<svg", 0) == 0);
  CHECK(written(dump + " --dot", "u.svg").rfind("digraph", 0) == 0);
  // What a command does not write is not replaced by text.
  for (const char* const line : {"check plan.yaml -o c.xml", "check plan.yaml -o c.md",
                                 "show plan.yaml -o c.html", "trace plan.yaml -o c.svg"}) {
    const Ran ran = folder.run(line);
    INFO(line << "\n" << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("writes no ") != std::string::npos);
    CHECK(ran.err.find("a file that ends in .txt, ") != std::string::npos);
  }
  for (const char* const name : {"c.xml", "c.md", "c.html", "c.svg"})
    CHECK_FALSE(fs::exists(folder.path() + "/" + name));
}
