// SPDX-License-Identifier: GPL-2.0-or-later
// From a counterexample to a script, and from a capture of what it did to whether it came true.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace luproof::command {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string kRoot = LUPROOF_SOURCE_SPECS "/..";
const std::string kCase = "specs/cases/rig-stock-kernel.yaml";
const std::string kGolden = LUPROOF_TEST_DIR "/cli/golden/";
const std::string kCaptures = LUPROOF_TEST_DIR "/captures/reproduced/";

// The file of a run, for a command that runs in kRoot.
std::string run_of(const Folder& folder, const std::string& check) {
  const Ran found = folder.run("check " + check + " --format json", kRoot);
  INFO(found.err);
  REQUIRE(found.status == 1);
  folder.write("run.json", found.out);
  return "'" + folder.path() + "/run.json' ";
}

Ran reproduce(const Folder& folder, const std::string& check, const std::string& options = "") {
  return folder.run("reproduce " + run_of(folder, check) + options, kRoot);
}

std::string case_of(const std::string& variant, const std::string& property) {
  return kCase + " --variant " + variant + " --property " + property;
}

// The text without the name of the folder.
std::string without(std::string text, const std::string& path) {
  for (std::size_t at; (at = text.find(path + "/")) != std::string::npos;)
    text.erase(at, path.size() + 1);
  return text;
}

int shell(const Folder& folder, const std::string& commands) {
  return folder.run("--version > /dev/null; " + commands + " #").status;
}

// A machine of files: a port, a PF below it, and its first VF.
void machine(const Folder& folder) {
  REQUIRE(shell(folder,
                "mkdir -p s/devices/pci0/0000:00:1c.0/driver s/bus/pci/devices t bin && "
                "cd s/devices/pci0/0000:00:1c.0 && touch driver/unbind && "
                "mkdir 0000:02:00.0 0000:02:00.1 && cd 0000:02:00.0 && echo 7 > sriov_numvfs && "
                "touch sriov_drivers_autoprobe && ln -s ../0000:02:00.1 virtfn0 && cd .. && "
                "touch 0000:02:00.1/driver_override && "
                "head -c 64 /dev/zero > 0000:02:00.1/config && cd ../../../bus/pci && "
                "touch drivers_probe && cd devices && for d in 0000:00:1c.0 "
                "0000:00:1c.0/0000:02:00.0 0000:00:1c.0/0000:02:00.1; do "
                "ln -s ../../../devices/pci0/$d .; done") == 0);
  folder.write("bin/vfio_hold",
               "#!/bin/sh\necho \"$1\" >> held\necho open\n"
               "trap 'echo > let-go; kill $!; exit' TERM\nsleep 30 > /dev/null 2>&1 &\nwait\n");
  ::chmod((folder.path() + "/bin/vfio_hold").c_str(), 0755);
}

constexpr const char* kHere = "SYSFS=s TRACEFS=t SECONDS_AT_MOST=5 PATH=$PWD/bin:$PATH ";

}  // namespace

TEST_CASE("what is done, comes by itself and cannot be forced is told", "[cli][reproduce]") {
  const Folder folder;
  std::string all;
  for (const auto& [variant, property] :
       std::vector<std::pair<std::string, std::string>>{{"first-open", "vf-reset"},
                                                        {"numvfs", "vf-exists"},
                                                        {"unbind", "vf-dma-continues"},
                                                        {"kexec", "vf-dma-continues"}}) {
    const Ran ran =
        reproduce(folder, case_of(variant, property), "-o '" + folder.path() + "/repro'");
    CHECK(ran.status == 0);
    const auto prediction = Json::parse(Folder::read(folder.path() + "/repro/prediction.json"));
    CHECK(Schema("reproduce.schema.json", true).problems(prediction) == std::vector<std::string>{});
    all += without(ran.out, folder.path()) + "\n";
  }
  CHECK(all == Folder::read(kGolden + "reproduce.txt"));
  // A run of a design: the agent's calls of LUO are nobody's to make here, the kexec is.
  const Ran idpf =
      reproduce(folder, "specs/designs/idpf-lpc2025.yaml --variant today --property vf-reset",
                "-o '" + folder.path() + "/repro'");
  CHECK(idpf.status == 0);
  CHECK_THAT(idpf.out, Contains("Predicted: vf-reset is violated for vf0") &&
                           Contains("Cannot be forced:") && Contains("Comes by itself"));
  CHECK_THAT(idpf.out, Contains("luo_prepare") && Contains("kernel_kexec"));
  // The reset is a register of the device: no probe is there that would show it.
  CHECK_THAT(idpf.out, Contains("No line is read as idpf_trigger_reset({pf0})"));
  // What comes behind the kexec is done in the new kernel.
  const Ran after = reproduce(
      folder,
      "specs/checks/check-pci-disable.yaml --variant port-unbound --property vf-dma-continues",
      "-o '" + folder.path() + "/repro'");
  CHECK_THAT(after.out, Contains("1. host: kernel_kexec\n  2. host: device_release_driver(rp), in "
                                 "the new kernel\n"));
  const std::string script = Folder::read(folder.path() + "/repro/reproduce.sh");
  CHECK(script.find("jumps=yes\n") < script.find("\nold() {"));
  CHECK(script.find("driver/unbind\"\n") > script.find("\nnew() {"));
}

TEST_CASE("the script is the golden one", "[cli][reproduce]") {
  const Folder folder;
  const Ran ran = reproduce(folder, case_of("numvfs", "vf-exists"));
  CHECK(ran.status == 0);
  CHECK(without(ran.out, folder.path()) == Folder::read(kGolden + "reproduce-numvfs.sh"));
}

TEST_CASE("the script makes a machine ready, and acts in the order of the run",
          "[cli][reproduce]") {
  const Folder folder;
  machine(folder);
  REQUIRE(reproduce(folder, case_of("numvfs", "vf-exists"), "-o '" + folder.path() + "/repro'")
              .status == 0);
  const std::string at = folder.path() + "/";
  const std::string device = at + "s/devices/pci0/0000:00:1c.0/";
  REQUIRE(shell(folder, kHere + std::string("sh repro/reproduce.sh start f")) == 0);
  CHECK(Folder::read(at + "f/roles.txt") == "pf0 0000:02:00.0\nvf0 0000:02:00.1\n");
  CHECK(Folder::read(device + "0000:02:00.0/sriov_numvfs") == "1\n");
  CHECK(Folder::read(device + "0000:02:00.0/sriov_drivers_autoprobe") == "0\n");
  CHECK(Folder::read(device + "0000:02:00.1/driver_override") == "vfio-pci\n");
  CHECK(Folder::read(at + "s/bus/pci/drivers_probe") == "0000:02:00.1\n");
  CHECK(Folder::read(at + "held") == "0000:02:00.1\n");
  // COMMAND with Memory Space and Bus Master Enable, and nothing else.
  const std::string config = Folder::read(device + "0000:02:00.1/config");
  CHECK(config.size() == 64);
  CHECK(config.substr(4, 2) == std::string("\6\0", 2));
  CHECK(config.find('\6', 5) == std::string::npos);
  REQUIRE(shell(folder, kHere + std::string("sh repro/reproduce.sh facts f > facts")) == 0);
  CHECK(Folder::read(at + "facts") == "keep 0000:02:00.1\nclaim exists\n");

  // The user is ended only once the recording shows that the driver was asked.
  folder.write("t/trace", "x: pci_device_remove: (…) dev=\"0000:02:00.1\"\n");
  REQUIRE(shell(folder, kHere + std::string("sh repro/reproduce.sh old f 2> said")) == 0);
  CHECK(Folder::read(device + "0000:02:00.0/sriov_numvfs") == "0\n");
  CHECK(Folder::read(at + "said") == "");
  CHECK(shell(folder,
              "for i in 1 2 3 4 5 6 7 8 9; do [ ! -e let-go ] || exit 0; sleep 1; done; "
              "exit 1") == 0);
  // Without the line the wait ends, and is told.
  folder.write("t/trace", "x: pci_device_remove: (…) dev=\"0000:03:00.1\"\n");
  REQUIRE(shell(folder, kHere + std::string("SECONDS_AT_MOST=1 sh repro/reproduce.sh old f "
                                            "2> said")) == 0);
  CHECK_THAT(Folder::read(at + "said"), Contains("no line of pci_device_remove"));
}

TEST_CASE("who plays a part can be said, and is looked at", "[cli][reproduce]") {
  const Folder folder;
  machine(folder);
  REQUIRE(
      reproduce(folder, case_of("unbind", "vf-dma-continues"), "-o '" + folder.path() + "/repro'")
          .status == 0);
  const std::string start = "sh repro/reproduce.sh start f 2> said";
  CHECK(shell(folder, kHere + std::string("ROLES='pf0=0000:07:00.0' ") + start) != 0);
  for (const char* wrong : {"pf0=../../x", "pf0=$(touch${IFS}broken)", "pf0=", "pf0=0000:02:0.1x"})
    CHECK(shell(folder, kHere + std::string("ROLES='") + wrong + "' " + start) != 0);
  CHECK_FALSE(fs::exists(folder.path() + "/broken"));
  REQUIRE(shell(folder, kHere + start) == 0);
  REQUIRE(shell(folder, kHere + std::string("sh repro/reproduce.sh old f")) == 0);
  CHECK(Folder::read(folder.path() + "/s/devices/pci0/0000:00:1c.0/driver/unbind") ==
        "0000:00:1c.0\n");
}

TEST_CASE("on a dump a function is the one with its address", "[cli][reproduce]") {
  const Folder folder;
  machine(folder);
  folder.write("any.yaml",
               "case: any\nuse: [properties, bare-update, pci-disable]\nactors:\n  host:\n"
               "    life: userspace\n    in: old\n    code: |\n"
               "      for v in vf where v.index == 1:\n        keep(v)\n"
               "        for b in port where b == v.parent:\n          device_release_driver(b)\n");
  const std::string dump = LUPROOF_TEST_DIR "/captures/topology/igb4.lspci.zst";
  const Ran ran = reproduce(
      folder,
      "'" + folder.path() + "/any.yaml' --topology '" + dump + "' --property vf-dma-continues",
      "-o '" + folder.path() + "/repro'");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK_THAT(ran.out, Contains("is violated for f_0000_01_10_2"));
  const std::string script = Folder::read(folder.path() + "/repro/reproduce.sh");
  // This machine has the port of the dump, and other addresses below it.
  CHECK_THAT(script, Contains("f_0000_01_10_2) is_here 0000:01:10.2 || { need f_0000_01_00_0 && "
                              "vf_of \"$at_f_0000_01_00_0\" 1; } ;;"));
  folder.write("roles", script.substr(0, script.find("\nstart() {")) +
                            "\nstart() {\n  need f_0000_01_00_0\n  need f_0000_00_1c_0\n}\n" +
                            script.substr(script.find("\nold() {")));
  REQUIRE(shell(folder, kHere + std::string("sh roles start f")) == 0);
  CHECK(Folder::read(folder.path() + "/f/roles.txt") ==
        "f_0000_01_00_0 0000:02:00.0\nf_0000_00_1c_0 0000:00:1c.0\n");
}

TEST_CASE("no text of a spec or a run gets out of the comments", "[cli][reproduce]") {
  const Folder folder;
  std::string text = Folder::read(kRoot + "/" + kCase);
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("case: rig-stock-kernel", "case: \"a'$(touch broken)`touch broken`\"");
  folder.write("x\n touch broken\n.yaml", text);
  const Ran found = folder.run("check 'x\n touch broken\n.yaml' --specs '" LUPROOF_SOURCE_SPECS
                               "' --variant kexec --property vf-dma-continues --format json");
  if (found.status == 1) {
    folder.write("run.json", found.out);
    const Ran ran = folder.run("reproduce run.json -o repro --specs '" LUPROOF_SOURCE_SPECS "'");
    CHECK(ran.status == 0);
  } else {
    CHECK(found.status == 2);  // the loader takes no such name
    REQUIRE(
        reproduce(folder, case_of("kexec", "vf-dma-continues"), "-o '" + folder.path() + "/repro'")
            .status == 0);
  }
  // A run of which every text was changed.
  const std::string path = run_of(folder, case_of("kexec", "vf-dma-continues"));
  Json run = Json::parse(Folder::read(folder.path() + "/run.json"));
  for (auto& property : run["properties"])
    for (auto& step : property["run"])
      for (const char* key : {"actor", "event", "rule", "file"})
        step[key] = "x'\n touch broken\n$(touch broken)";
  folder.write("run.json", run.dump());
  const Ran changed = folder.run("reproduce " + path + "--forces specs/forces.yaml", kRoot);
  CHECK(changed.status == 0);
  CHECK(changed.out.find("broken") == std::string::npos);
  // Comments aside nothing of the spec is in the script.
  std::istringstream lines(Folder::read(folder.path() + "/repro/reproduce.sh"));
  for (std::string line; std::getline(lines, line);)
    if (line.find("broken") != std::string::npos) CHECK(line.starts_with("#"));
  CHECK(shell(folder, kHere + std::string("sh repro/reproduce.sh facts f 2> /dev/null")) != 0);
  CHECK_FALSE(fs::exists(folder.path() + "/broken"));
}

TEST_CASE("what cannot be reproduced is said", "[cli][reproduce]") {
  const Folder folder;
  const std::string path = run_of(folder, case_of("kexec", "vf-dma-continues"));
  CHECK(folder.run("reproduce none.json").status == 2);
  folder.write("forces.yaml", "forces: x\nactions: [{call: other(), do: [{kexec: yes}]}]\n");
  const Ran nothing =
      folder.run("reproduce " + path + "--forces '" + folder.path() + "/forces.yaml'", kRoot);
  CHECK(nothing.status == 2);
  CHECK_THAT(nothing.err, Contains("nothing of the run could be forced"));
  CHECK(folder.run("reproduce " + path + "-o /dev/null/x", kRoot).status == 2);
  CHECK(folder.run("reproduce " + path + "--verdict x", kRoot).status == 2);
  const Ran stuck =
      reproduce(folder, "specs/checks/check-sriov-hang.yaml --variant stock --property deadlock");
  CHECK(stuck.status == 2);
  CHECK_THAT(stuck.err, Contains("no capture shows that 'deadlock' is violated"));
}

TEST_CASE("a prediction holds only of the same violation by the same event", "[cli][reproduce]") {
  const Folder folder;
  REQUIRE(
      reproduce(folder, case_of("unbind", "vf-dma-continues"), "-o '" + folder.path() + "/repro'")
          .status == 0);
  folder.write("roles.txt", "pf0 0000:01:00.0\nvf0 0000:01:00.1\nrp 0000:00:1c.0\n");
  const auto judged = [&](const std::string& outcome, const Json& violations) {
    const Json verdict = {{"command", "trace"},
                          {"verdict", outcome},
                          {"violations", violations},
                          {"health", {{{"file", "c"}}, {{"file", "next"}}}}};
    folder.write("verdict.json", verdict.dump());
    return folder.run("reproduce repro/prediction.json --verdict verdict.json --roles roles.txt");
  };
  const auto violation = [](const std::string& property, const std::string& function,
                            const std::string& event, const std::string& trust = "certain") {
    return Json::array({{{"property", property},
                         {"function", function},
                         {"event", event},
                         {"trust", trust},
                         {"file", "c"},
                         {"line", 7}}});
  };
  const std::string write = "command_write(0000:00:1c.0, false)";
  const Ran same = judged("violates", violation("vf-dma-continues", "0000:01:00.1", write));
  CHECK(same.status == 0);
  CHECK(same.out ==
        "reproduced: vf-dma-continues of vf0 (0000:01:00.1) is violated by " + write +
            "\n  predicted: do_pci_disable_device(rp), which lines show so\n  seen: c:7\n");
  // The same event of another port, on another value, of another property or function.
  for (const Json& other :
       {violation("vf-dma-continues", "0000:01:00.1", "command_write(0000:00:1c.1, false)"),
        violation("vf-dma-continues", "0000:01:00.1", "command_write(0000:00:1c.0, true)"),
        violation("vf-dma-continues", "0000:01:00.1", "pci_clear_master(0000:00:1c.0)"),
        violation("vf-dma-continues", "0000:01:00.2", write),
        violation("vf-exists", "0000:01:00.1", write), Json::array()})
    CHECK(judged("violates", other).status == 1);
  // The right event in the wrong kernel: what the run forces came after it.
  Json later = violation("vf-dma-continues", "0000:01:00.1", write);
  later[0]["file"] = "next";
  const Ran wrong_kernel = judged("violates", later);
  CHECK(wrong_kernel.status == 1);
  CHECK_THAT(wrong_kernel.out, Contains("not as predicted") && Contains("next:7, in kernel 2"));
  CHECK(judged("conforms", Json::array()).status == 1);
  CHECK(judged("inconclusive", Json::array()).status == 3);
  CHECK(judged("inconclusive", violation("vf-dma-continues", "0000:01:00.1", write, "if-complete"))
            .status == 3);
  // Without who plays which part nothing can be said.
  folder.write("roles.txt", "pf0 0000:01:00.0\n");
  CHECK(judged("violates", violation("vf-dma-continues", "0000:01:00.1", write)).status == 2);
  folder.write("roles.txt", "vf0 x\n");
  CHECK(judged("violates", violation("vf-dma-continues", "0000:01:00.1", write)).status == 2);
  folder.write("roles.txt", "vf0 0000:01:00.1\n");
  // A prediction without names fits whatever has none.
  folder.write("prediction.json",
               R"({"command": "reproduce", "property": "", "function": "", "event": "",
                   "kernel": 1, "shown_as": []})");
  CHECK(judged("violates", {1}).status == 2);
  CHECK(folder.run("reproduce prediction.json --verdict verdict.json --roles roles.txt").status ==
        2);
  folder.write("verdict.json", "{}");
  CHECK(folder.run("reproduce repro/prediction.json --verdict verdict.json --roles roles.txt")
            .status == 2);
}

// Captures of contrib/rig/reproduce: Linux 6.1.0-56-amd64, nvme of QEMU 7.2.
TEST_CASE("what the rig recorded of each run is what the run predicts", "[cli][reproduce]") {
  struct Recorded {
    std::string variant, property;
    bool kexec;
  };
  for (const Recorded& each :
       {Recorded{"first-open", "vf-dma-continues", false},
        Recorded{"first-open", "vf-reset", false}, Recorded{"numvfs", "vf-exists", false},
        Recorded{"unbind", "vf-dma-continues", false},
        Recorded{"kexec", "vf-dma-continues", true}}) {
    INFO(each.variant << " " << each.property);
    const Folder folder;
    REQUIRE(
        reproduce(folder, case_of(each.variant, each.property), "-o '" + folder.path() + "/repro'")
            .status == 0);
    const std::string at = kCaptures + each.variant + "-" + each.property + "/";
    const Json prediction = Json::parse(Folder::read(folder.path() + "/repro/prediction.json"));
    std::string trace = "trace ";
    trace += each.kexec ? at + "old.console.zst " + at + "new.trace.zst" : at + "capture.trace";
    trace += " --topology " + at + "before.lspci.zst --topology-after " + at +
             "after.lspci.zst --probes " + at + "probes.txt --keep 0000:01:00.1 --claim " +
             prediction.at("claim").get<std::string>() + " --format json";
    if (!each.kexec) trace += " --stats " + at + "capture.stats.txt";
    const Ran verdict = folder.run(trace, kRoot);
    INFO(verdict.err);
    CHECK(verdict.status == 1);
    CHECK(Json::parse(verdict.out).at("property") == each.property);
    folder.write("verdict.json", verdict.out);
    const Ran held = folder.run("reproduce repro/prediction.json --verdict verdict.json --roles " +
                                at + "roles.txt");
    INFO(held.out);
    CHECK(held.status == 0);
    CHECK_THAT(held.out, Catch::Matchers::StartsWith("reproduced: " + each.property + " of vf0"));
  }
}

}  // namespace luproof::command
