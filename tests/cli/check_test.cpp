// SPDX-License-Identifier: GPL-2.0-or-later
// The command line as scripts meet it: exit status, where things are printed, and bad input.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "model/source.h"

namespace {

namespace fs = std::filesystem;

// A folder of its own for each run's files.
struct Folder {
  Folder() {
    char name[] = "/tmp/luproof-cli-XXXXXX";
    REQUIRE(mkdtemp(name));
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(path / name, std::ios::binary).rdbuf();
    return text.str();
  }
  fs::path path;
};

struct Ran {
  int status = -1;
  std::string out, err;
};

Ran run(const Folder& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.path.string() + "' && '" LUPROOF_BINARY "' " +
                              arguments + " >out.txt 2>err.txt";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, folder.read("out.txt"),
          folder.read("err.txt")};
}

const std::string kTutorial = std::string(LUPROOF_SOURCE_SPECS) + "/../docs/tutorial/first.yaml";

struct BadInput {
  const char* what;
  const char* yaml;
  const char* place;    // "line:column" within bad.yaml
  const char* message;  // part of it
};
const BadInput kBadInputs[] = {
    {"an unknown key", "design: d\nstait: {}\n", "2:1", "unknown key 'stait'"},
    {"an unknown name",
     "design: d\nstate: {kernel: {n: bool}}\nactors:\n  a:\n    code: |\n      m = true\n", "6:7",
     "'m' is not a cell"},
    {"a wrong type", "design: d\nstate: {kernel: {n: bool}}\nactors:\n  a: {code: n = 3}\n", "4:17",
     "has to be a boolean"},
    {"a use of itself", "design: bad\nuse: [bad]\n", "2:7", "uses itself"},
    {"a cyclic topology",
     "design: d\ntopology:\n  a: {kind: port, under: b, bdf: \"0000:00:01.0\"}\n  b: {kind: port, "
     "under: a, bdf: \"0000:00:02.0\"}\n",
     "4:3", "hang below each other"},
    {"two functions at one address",
     "design: d\ntopology:\n  a: {kind: other, bdf: \"0000:00:01.0\"}\n  b: {kind: other, bdf: "
     "\"0000:00:01.0\"}\n",
     "4:3", "0000:00:01.0"},
    {"a VF without a PF",
     "design: d\ntopology:\n  v: {kind: vf, bdf: \"0000:00:01.0\", index: 0}\n", "3:3", "PF"},
    {"a choice with one alternative", "design: d\nchoices: {who: [core]}\n", "2:16",
     "fewer than two alternatives"},
    {"an expectation for an unknown property",
     "design: d\nproperties: {p: {never: kernel > 9}}\nexpect: {q: violated}\n", "3:10",
     "unknown property 'q'"},
    {"a tag that would eat half an expression", "design: d\ndefine:\n  \"p\": !x && y\n", "3:8",
     "tag"},
};

}  // namespace

TEST_CASE("an option that does not go with another is named", "[cli]") {
  Folder folder;
  folder.write("d.yaml", "design: d\nvariants: {a: {}, b: {}}\n");
  const auto told = [&](const std::string& more) {
    const Ran ran = run(folder, "check d.yaml --then b " + more);
    CHECK(ran.status == 2);
    return ran.err;
  };
  CHECK(told("--variant a --certificate x").find("--then goes without --certificate") !=
        std::string::npos);
  CHECK(told("--variant a --each-patch").find("--then goes without --each-patch") !=
        std::string::npos);
  CHECK(told("").find("beside that of the first") != std::string::npos);
}

TEST_CASE("bad specs exit with 2, say where, and print nothing on stdout", "[cli]") {
  for (const BadInput& bad : kBadInputs) {
    Folder folder;
    folder.write("bad.yaml", bad.yaml);
    for (const char* format : {"", " --format json"}) {
      const Ran ran = run(folder, std::string("check bad.yaml") + format);
      INFO(bad.what << "\n" << ran.err);
      CHECK(ran.status == 2);
      CHECK(ran.out == "");
      CHECK(ran.err.find(std::string("bad.yaml:") + bad.place + ": error: ") != std::string::npos);
      CHECK(ran.err.find(bad.message) != std::string::npos);
    }
  }
}

TEST_CASE("binary noise, an empty file and a missing one are errors", "[cli]") {
  Folder folder;
  folder.write("noise.yaml", std::string("\x01\x1b[2J\xff\x00 design: x", 18));
  folder.write("empty.yaml", "");
  for (const char* file : {"noise.yaml", "empty.yaml", "missing.yaml"}) {
    const Ran ran = run(folder, std::string("check ") + file);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err.find('\x1b') == std::string::npos);
    CHECK(ran.err.find(file) != std::string::npos);
  }
}

TEST_CASE("a dump that is cut in the middle is an error with its line", "[cli]") {
  luproof::model::Diagnostics diagnostics;
  const auto dump = luproof::model::read_source(
      std::string(LUPROOF_TEST_DIR) + "/captures/topology/igb4-nvme7.lspci.zst", 64u << 20,
      diagnostics);
  REQUIRE(dump);
  Folder folder;
  folder.write("cut.lspci", dump->text.substr(0, dump->text.size() / 2));
  const Ran ran = run(folder, "show --topology cut.lspci");
  INFO(ran.err);
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(ran.err.find("cut.lspci:") != std::string::npos);
}

TEST_CASE("traces of zero bytes and of binary noise are errors", "[cli]") {
  Folder folder;
  folder.write("empty.trace", "");
  folder.write("noise.trace", std::string("\x7f\x45\x00\x01\x02\xfe\xff\x1b[31m", 11));
  for (const char* file : {"empty.trace", "noise.trace"}) {
    const Ran ran = run(folder, std::string("trace ") + file);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err.find(file) != std::string::npos);
    CHECK(ran.err.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("the exit status says what was found", "[cli]") {
  Folder folder;
  CHECK(run(folder, "check '" + kTutorial + "' --variant with-ports").status == 0);
  CHECK(run(folder, "check '" + kTutorial + "' --variant endpoint-only").status == 1);
  CHECK(run(folder, "check '" + kTutorial + "'").status == 1);  // violated before holds
  CHECK(run(folder, "check '" + kTutorial + "' --variant with-ports --bound 1").status == 3);
  CHECK(run(folder, "check '" + kTutorial + "' --variant with-port").status == 2);
  CHECK(run(folder, "check '" + kTutorial + "' --property vf-dma-continue").status == 2);
  CHECK(run(folder, "check --no-such-option").status == 2);
  CHECK(run(folder, "no-such-command").status == 2);
  CHECK(run(folder, "test '" + kTutorial + "'").status == 0);
}

TEST_CASE("test fails where a spec does not meet its expectations", "[cli]") {
  Folder folder;
  folder.write("wrong.yaml",
               "case: wrong\nstate: {kernel: {n: bool}}\nactors: {a: {code: n = "
               "true}}\nproperties: {p: {never: n}}\n");
  const Ran ran = run(folder, "test wrong.yaml");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("p: expected holds, found violated by a") != std::string::npos);
}

TEST_CASE("JSON is one object and nothing else is on stdout", "[cli]") {
  Folder folder;
  const Ran ran = run(folder, "check '" + kTutorial + "' --format json");
  CHECK(ran.status == 1);
  const auto out = nlohmann::json::parse(ran.out);
  CHECK(out.at("command") == "check");
}

TEST_CASE("a name of the input reaches the terminal only in printable form", "[cli]") {
  Folder folder;
  folder.write("bad.yaml", "design: d\n\"\\e[31mred\": x\n");
  const Ran ran = run(folder, "check bad.yaml");
  CHECK(ran.status == 2);
  CHECK(ran.err.find('\x1b') == std::string::npos);
}

TEST_CASE("explain tells a rule with its source, and the nearest name for a slip", "[cli]") {
  Folder folder;
  const Ran found = run(folder, "explain pci_clear_master");
  CHECK(found.status == 0);
  CHECK(found.out.find("event pci_clear_master") != std::string::npos);
  CHECK(found.out.find("source linux-7.3.4: ") != std::string::npos);
  const Ran slip = run(folder, "explain pci_clear_mastr");
  CHECK(slip.status == 2);
  CHECK(slip.err.find("pci_clear_master") != std::string::npos);
}

TEST_CASE("show tells what a spec consists of", "[cli]") {
  Folder folder;
  const Ran topology = run(folder, "show '" + kTutorial + "'");
  CHECK(topology.status == 0);
  CHECK(topology.out.find("0000:01:10.0") != std::string::npos);  // 01:00.0 + First VF Offset 128
  CHECK(run(folder, "show '" + kTutorial + "' --dot").out.find("digraph") != std::string::npos);
  CHECK(run(folder, "show '" + kTutorial + "' --what lifecycle").out.find("device_shutdown") !=
        std::string::npos);
  CHECK(run(folder, "show '" + kTutorial + "' --what system").out.find("handover   record") !=
        std::string::npos);
  CHECK(run(folder, "show '" + kTutorial + "' --what claims").out.find("vf-dma-continues") !=
        std::string::npos);
}

TEST_CASE("both engines find the tutorial's counterexample", "[cli]") {
  Folder folder;
  const Ran ran = run(
      folder, "check '" + kTutorial +
                  "' --variant endpoint-only --engine smt --bound 8 --property vf-dma-continues");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("VIOLATED vf-dma-continues in 3 visible steps") != std::string::npos);
}
