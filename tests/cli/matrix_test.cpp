// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof matrix`: which kernels can replace which.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
using command::replaced;

// A runner takes the baton if it has the colour that this kernel's runners know; r3 knows all.
const std::string kRelay = R"(design: relay
about: A baton is handed on, and who takes it has to know its colour
kinds: {colour: [red, blue]}
config: {paint: {type: colour, value: red}}
define: {takes_any: {expr: false}}
state:
  handover: {baton: bool}
  kernel: {held: bool, lost: bool}
actors:
  runner:
    life: kernel
    in: every kernel
    code: |
      if kernel == 1:
        baton = true
        kexec
      elif takes_any || previous(paint) == paint:
        held = handed(baton)
      else:
        lost = true
properties:
  passed-on: {never: lost, because: The baton is thrown away.}
  taken: {possible: held}
variants:
  r1: {}
  r2: {config: {paint: {value: blue}}}
  r3: {config: {paint: {value: blue}}, override: {define.takes_any: true}}
matrix:
  expect:
    "r3 -> r2": {}
    "r1 -> r3": {}
    "r2 -> r3": {}
    "* -> *": {passed-on: {verdict: violated, steps: 3}, taken: violated}
)";

std::string golden(const std::string& name) {
  return Folder::read(LUPROOF_TEST_DIR "/cli/golden/" + name);
}

}  // namespace

TEST_CASE("the table of a fleet is the golden one, in both forms", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const Ran text = folder.run("matrix relay.yaml --jobs 2");
  INFO(text.err);
  CHECK(text.status == 1);
  CHECK(text.out == golden("matrix-relay.txt"));
  CHECK(folder.run("matrix relay.yaml --format markdown").out == golden("matrix-relay.md"));
}

TEST_CASE("a matrix as JSON names every pair, what differs and the run", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const auto json = nlohmann::json::parse(folder.run("matrix relay.yaml --format json").out);
  CHECK(json["kernels"] == nlohmann::json({"r1", "r2", "r3"}));
  REQUIRE(json["pairs"].size() == 9);
  const auto& forth = json["pairs"][1];  // r1 -> r2
  CHECK(forth["old"] == "r1");
  CHECK(forth["new"] == "r2");
  CHECK(forth["rollback"] == false);
  CHECK(forth["differs"] ==
        nlohmann::json({{{"config", "paint"}, {"old", "red"}, {"new", "blue"}}}));
  CHECK(forth["properties"][0]["verdict"] == "violated");
  CHECK(forth["properties"][0]["reading"]["then"] == "r2");
  CHECK(json["pairs"][3]["rollback"] == true);
  // The command that it names shows the same pair.
  const std::string again = forth["properties"][0]["reproduce"];
  CHECK(again == "luproof check relay.yaml --variant r1 --then r2 --property passed-on");
  const Ran ran = folder.run(again.substr(std::string("luproof ").size()) + " --format json");
  CHECK(ran.status == 1);
  CHECK(nlohmann::json::parse(ran.out)["properties"][0]["steps"] ==
        forth["properties"][0]["steps"]);
  // And its run is found again from the file.
  folder.write("run.json", ran.out);
  const Ran told = folder.run("explain run.json");
  INFO(told.err);
  CHECK(told.status == 0);
}

TEST_CASE("kernels that are named make the matrix, and properties can be chosen", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const Ran some = folder.run("matrix relay.yaml r2 r3 --property passed-on --runs none");
  CHECK(some.status == 0);
  CHECK(some.out.find("of 4 pairs: 4 hold") != std::string::npos);
  CHECK(some.out.find("r1") == std::string::npos);
  const Ran all = folder.run("matrix relay.yaml r1 r2 --property passed-on --runs all");
  CHECK(all.status == 1);
  CHECK(all.out.find("relay, variant r1, then r2") != std::string::npos);
  CHECK(all.out.find("lost: false -> true") != std::string::npos);
}

// A pair that holds because every run of it ends early is no pair to trust.
TEST_CASE("a matrix says which faults nobody asked for end the runs of a pair", "[cli]") {
  const Folder folder;
  folder.write("early.yaml",
               "case: early\nstate: {kernel: {done: bool, r: int 0..1, c: bool}}\n"
               "define: {k: \"true\"}\nactors:\n  w:\n    life: kernel\n    code: |\n"
               "      if k:\n        r = 2\n      done = true\nproperties: {p: {never: done}}\n"
               "variants: {ka: {}, kb: {override: {define.k: \"r == 1\"}}}\n"
               "matrix: {kernels: [ka, kb]}\n");
  const Ran ran = folder.run("matrix early.yaml --property p");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("  ka -> ka\n      not asked for, some runs end in out-of-range\n") !=
        std::string::npos);
  // The run of another verdict is another, though its step is called the same.
  const Ran all = folder.run("matrix early.yaml");
  CHECK(all.out.find("VIOLATED p in 1 visible step\n      by the run of ka -> ka above") ==
        std::string::npos);
}

TEST_CASE("what cannot be decided is said, and is no success", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const Ran ran = folder.run("matrix relay.yaml r2 r3 --bound 1");
  INFO(ran.out);
  CHECK(ran.status == 3);
  CHECK(ran.out.find("not decided") != std::string::npos);
  CHECK(ran.out.find("NOT all depths") != std::string::npos);
}

TEST_CASE("a matrix that cannot be made is an error with a reason", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const auto fails = [&](const std::string& arguments, const std::string& message) {
    const Ran ran = folder.run(arguments);
    INFO(arguments << "\n" << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(message) != std::string::npos);
  };
  fails("matrix relay.yaml r1 r9", "relay.yaml has no variant 'r9'");
  fails("matrix relay.yaml r1 r1", "the kernel 'r1' is named twice");
  fails("matrix relay.yaml r1", "from 2 to 16 kernels, and here is 1");
  fails("matrix relay.yaml r1", "each variant of a design is a kernel: r1, ");
  folder.write("alone.yaml", "design: alone\nproperties: {p: {never: false}}\n");
  fails("matrix alone.yaml", "alone.yaml has fewer than 2: docs/matrix.md");
  fails("matrix relay.yaml --variant r1", "--variant is one kernel");
  fails("matrix relay.yaml --property nope", "there is no property 'nope'");
  fails("matrix nowhere.yaml", "nowhere.yaml");
  fails("check relay.yaml --then r2", "--then is the later kernels' variant");
  fails("check relay.yaml --variant r1 --then r9", "there is no variant 'r9'");
  folder.write("open.yaml", replaced(kRelay, "define:", "choices: {who: [x, y]}\ndefine:"));
  fails("matrix open.yaml", "the choice 'who' is open");
  folder.write("split.yaml",
               replaced(kRelay, "  r1: {}", "  r1: {override: {properties.taken: {never: held}}}"));
  fails("matrix split.yaml",
        "split.yaml:25:19: error: properties.taken differs between 'r1' and 'r2'");
}

TEST_CASE("docs/matrix.md shows what is printed", "[cli]") {
  const std::filesystem::path root = std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path();
  const std::string page = Folder::read(root / "docs/matrix.md");
  const Folder folder;
  for (const char* command : {"matrix specs/designs/five-kernels.yaml --runs none",
                              "matrix specs/cases/cb-14-failure-reads-as-nothing.yaml "
                              "--property bdf-changed"}) {
    INFO(command);
    std::size_t at = page.find(std::string("$ luproof ") + command + "\n");
    REQUIRE(at != std::string::npos);
    at = page.find('\n', at) + 1;
    const std::string shown = page.substr(at, page.find("```", at) - at);
    const std::string printed = folder.run(command, root.string()).out;
    std::istringstream lines(shown);
    for (std::string line; std::getline(lines, line);)
      if (line.find("…") == std::string::npos) {
        INFO(line);
        CHECK(printed.find(line + "\n") != std::string::npos);
      }
  }
}

TEST_CASE("`test` holds the pairs of a matrix to what the spec expects", "[cli]") {
  const Folder folder;
  folder.write("relay.yaml", kRelay);
  const Ran met = folder.run("test relay.yaml");
  INFO(met.out << met.err);
  CHECK(met.status == 0);
  CHECK(met.out.find("ok    relay.yaml:r3 -> r1") != std::string::npos);
  CHECK(met.out.find("9 readings: 9 ok") != std::string::npos);
  folder.write("relay.yaml", replaced(kRelay, "    \"r3 -> r2\": {}\n", ""));
  const Ran unmet = folder.run("test relay.yaml");
  CHECK(unmet.status == 1);
  CHECK(unmet.out.find("FAIL  relay.yaml:r3 -> r2") != std::string::npos);
  CHECK(unmet.out.find("8 ok, 1 failed") != std::string::npos);
}

}  // namespace luproof
