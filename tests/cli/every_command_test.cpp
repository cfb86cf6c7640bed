// SPDX-License-Identifier: GPL-2.0-or-later
// What holds of every command: a report that does not arrive is an error, and an output file is
// whole or as it was.
#include <map>
#include <set>
#include <vector>

#include "tests/cli/sweep_fixture.h"

namespace luproof {
namespace {

using command::Folder;
using command::Jars;
using command::Ran;
namespace fs = std::filesystem;

const std::string kTests = LUPROOF_TEST_DIR;
const std::string kDump = " --topology " + kTests + "/captures/topology/igb4.lspci.zst";
const std::string kCapture = kTests + "/captures/s1/igb-kprobe.trace.txt";

constexpr const char* kLamp =
    "design: lamp\nstate: {kernel: {lit: bool, open: bool}}\n"
    "procedures:\n  light():\n    patch: 1\n    at: lamp.c:light\n    code: lit = true\n"
    "actors:\n  a: {code: light()}\n  b: {code: open = true}\n"
    "properties:\n  dark: {never: lit && open, because: Nobody looks into a lamp.}\n"
    "variants:\n  as-posted: {expect: {dark: violated}}\n  again: {about: The same}\n"
    "candidates:\n  lid: {about: A lid, override: {procedures.light: pass}}\n";
constexpr const char* kCalm =
    "design: calm\nstate: {kernel: {on: bool, off: bool}}\nevents:\n  turn: {do: off = true}\n"
    "actors:\n  a: {code: turn()}\n"
    "properties: {calm: {never: on, because: It is on.}}\n";
constexpr const char* kQuestion =
    "question: which\nuse: [calm]\nchoices: {way: [this, that]}\n"
    "ask: {criteria: {steps: {from: {when: \"true\"}, to: {when: off}, count: turn, unit: "
    "steps}}}\n";
constexpr const char* kExport = "export calm.yaml --to promela";

// Everything that the commands below are given.
class Inputs : public Jars {
 public:
  Inputs() {
    write("lamp.yaml", kLamp);
    write("calm.yaml", kCalm);
    write("which.yaml", kQuestion);
    write("steps", "save saved.json\n");
    for (const char* each : {"tree", "specs", "series.mbox"})
      fs::copy(kTests + "/kernel/" + each, path() + "/" + each, fs::copy_options::recursive);
    write("run.json", run("check lamp.yaml --variant as-posted --format json").out);
    write("forced.json", run("check '" LUPROOF_SOURCE_SPECS
                             "/cases/rig-stock-kernel.yaml' --variant numvfs --format json")
                             .out);
    REQUIRE(run("check calm.yaml --certificate calm.smt2").status == 0);
    REQUIRE(run("drift tree --record --specs specs").status == 0);
    sweep("results.jsonl");
    for (const char* each : {"out.txt", "err.txt"}) fs::remove(path() + "/" + each);
  }

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& file : fs::recursive_directory_iterator(path()))
      all[file.path().string()] = file.is_regular_file() ? read(file.path()) : "";
    return all;
  }
};

int shell(const std::string& folder, const std::string& before, const std::string& line) {
  const std::string all = "cd '" + folder + "' && " + before + "'" LUPROOF_BINARY "' " + line;
  const int status = std::system(("bash -c \"" + all + "\"").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Lines of luproof's help that name a command.
std::set<std::string> commands(const Folder& folder) {
  std::istringstream help(folder.run("--help").out);
  std::set<std::string> all;
  bool inside = false;
  for (std::string line; std::getline(help, line);) {
    if (line.empty()) inside = false;
    if (inside && line.size() > 2 && line[2] != ' ')
      all.insert(line.substr(2, line.find(' ', 2) - 2));
    if (line.rfind("Commands", 0) == 0) inside = true;
  }
  return all;
}

}  // namespace

TEST_CASE("a report that does not arrive is an error, whatever the command",
          "[cli][output][long]") {
  const Inputs inputs;
  const std::vector<std::string> lines = {
      "check lamp.yaml",
      "check lamp.yaml --format json",
      "check lamp.yaml --format html",
      "check lamp.yaml --format sarif",
      "check lamp.yaml --format mail",
      "check lamp.yaml --each-patch",
      "ask which.yaml",
      "preflight --keep all --design host-stock-7.3 --timeout 1" + kDump,
      "matrix lamp.yaml",
      "certificate calm.smt2 --design calm.yaml",
      "test lamp.yaml",
      "lint lamp.yaml",
      "explain pci_clear_master",
      "explain run.json",
      "simulate lamp.yaml --variant again --random",
      "diff lamp.yaml calm.yaml",
      "mutate calm.yaml",
      "repair lamp.yaml --variant as-posted",
      "rules specs --specs specs",
      "drift tree --specs specs",
      "map series.mbox specs/designs/keeps.yaml --specs specs --tree tree",
      "new design fresh",
      "show lamp.yaml --what system",
      "show lamp.yaml --what dependencies",
      "sweep plan.yaml",
      "sweep plan.yaml --list",
      "merge results.jsonl",
      kExport,
      "trace " + kCapture + kDump,
      "trace " + kCapture + kDump + " --format sarif",
      "trace " + kCapture + kDump + " --format mail",
      "reproduce forced.json",
      "probes",
      "completion bash",
      "man check",
      "--version",
      "--help",
      "check --help"};
  std::set<std::string> seen;
  for (const std::string& line : lines) {
    seen.insert(line.substr(0, line.find(' ')));
    INFO(line);
    CHECK(shell(inputs.path(), "", line + " >/dev/full 2>err.txt") == 2);
    const std::string said = Folder::read(inputs.path() + "/err.txt");
    INFO(said);
    const char* what = line == "sweep plan.yaml" ? "results cannot be written" : "standard output";
    CHECK(said.find(what) != std::string::npos);
  }
  for (const std::string& command : commands(inputs)) {
    INFO(command);
    CHECK(seen.count(command) == 1);
  }
}

TEST_CASE("an output file is whole or as it was, whatever the command", "[cli][output][long]") {
  const Inputs inputs;
  for (const char* each :
       {"page.html", "proof.smt2", "out.pml", "kept.txt", "known.yaml", "shown.txt", "saved.json",
        "man/luproof.1", "forced/reproduce.sh", "forced/record.sh"})
    inputs.write(each, "as it was");
  const std::vector<std::string> lines = {
      "check lamp.yaml --format html -o page.html",
      "check calm.yaml --certificate proof.smt2",
      std::string(kExport) + " -o out.pml",
      "show lamp.yaml --what system -o shown.txt",
      "trace " + kCapture + " -o kept.txt",
      "trace " + kCapture + " --keep 0000:01:10.0 --slice kept.txt",
      "trace " + kCapture + " --keep 0000:01:10.0 --write-baseline known.yaml",
      "simulate calm.yaml --script steps",
      "drift tree --record --specs specs",
      "man --write man",
      "reproduce forced.json -o forced",
      "new design fresh",
      "new rule another"};
  const auto before = inputs.files();
  for (const std::string& line : lines) {
    INFO(line);
    // No file may have a byte: the disk is full, but for what is written to no disk.
    CHECK(shell(inputs.path(), "ulimit -f 0; trap '' XFSZ; ", line + " >/dev/null 2>&1") == 2);
    std::string changed;
    for (const auto& [path, text] : inputs.files())
      if (before.count(path) == 0 || before.at(path) != text) changed += path + "\n";
    INFO(changed);
    CHECK(changed.empty());
    CHECK(inputs.files().size() == before.size());
  }
  // A device is not replaced, not even by root.
  for (const std::string& line : lines) {
    const bool named =
        line.find(" -o ") != std::string::npos && line.find("-o forced") == line.npos;
    if (!named && line.find("--write-b") == std::string::npos) continue;
    const std::string device = line.substr(0, line.rfind(' ')) + " /dev/full";
    INFO(device);
    CHECK(shell(inputs.path(), "", device + " >/dev/null 2>&1") == 2);
    CHECK(fs::is_character_file("/dev/full"));
  }
  // And with room for it, each is written.
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(shell(inputs.path(), "", line + " >/dev/null 2>&1") != 2);
  }
  for (const auto& [path, text] : inputs.files()) CHECK(text != "as it was");
}

TEST_CASE("a link to an output file stays one", "[cli][output]") {
  const Jars inputs;
  inputs.write("calm.yaml", kCalm);
  inputs.write("real/it.pml", "as it was");
  fs::create_symlink("real/it.pml", inputs.path() + "/link.pml");
  CHECK(inputs.run(std::string(kExport) + " -o link.pml").status == 0);
  CHECK(fs::is_symlink(inputs.path() + "/link.pml"));
  CHECK(inputs.text("real/it.pml").size() > 100);
  // What somebody has put where the new file would be is not followed.
  CHECK(inputs.run(std::string(kExport) + " -o gone/it.pml").status == 2);
}

}  // namespace luproof
