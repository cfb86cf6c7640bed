// SPDX-License-Identifier: GPL-2.0-or-later
// What commands print with --format json is what report/*.schema.json says, no field less and none
// more: a field that a schema does not name is one that nobody was told of.
#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
using command::Schema;
namespace fs = std::filesystem;

// Patch 1 lights the lamp although it may be open, patch 2 looks; `bulb` is a choice.
const char* const kLamp = R"spec(design: lamp
about: A lamp that must not be lit while it is open
cite: linux-7.3.4
state:
  kernel: {lit: bool, open: bool, dim: bool = any boot false}
choices: {bulb: [warm, cold]}
define:
  closed: {any: false}
procedures:
  light(): pass
override:
  procedures.light:
    patch: 1
    at: "lamp.c:light"
    code: |
      if closed:
        lit = true
actors:
  a: {code: light()}
  b: {code: open = true}
properties:
  dark: {never: lit && open, because: Nobody looks into a lamp.}
variants:
  as-posted:
    extend: {closed: {patch: 2, expr: "true"}}
    expect: {dark: violated}
  with-lid:
    extend: {closed: not open && dim}
    expect: {dark: violated}
candidates:
  bolt: {about: A bolt, override: {define.closed: "false"}}
)spec";

const char* const kQuestion = R"(question: lamp-question
use: [lamp]
ask: {criteria: {steps: {about: steps of the lamp, from: {when: "true"}, to: {when: lit}, count: light, unit: steps}}}
)";

struct Specs {
  Specs() {
    folder.write("lamp.yaml", kLamp);
    std::string other = kLamp;
    other.replace(other.find("design: lamp"), 12, "design: lamp-2");
    other.replace(other.find("not open && dim"), 15, "not open");
    folder.write("lamp-2.yaml", other);
    fs::copy(LUPROOF_TEST_DIR "/kernel/tree", folder.path() + "/tree", fs::copy_options::recursive);
    fs::copy(LUPROOF_TEST_DIR "/kernel/specs", folder.path() + "/specs",
             fs::copy_options::recursive);
    fs::copy(LUPROOF_TEST_DIR "/kernel/series.mbox", folder.path() + "/series.mbox");
  }
  Folder folder;
};

// What a command prints; the object fits the schema.
nlohmann::json fits(const Folder& folder, const std::string& schema, const std::string& command) {
  const Ran ran = folder.run(command + " --format json");
  INFO(command << "\n" << ran.err);
  const auto out = nlohmann::json::parse(ran.out, nullptr, false);
  REQUIRE(out.is_object());
  std::string all;
  for (const std::string& problem : Schema(schema + ".schema.json", true).problems(out))
    all += problem + "\n";
  INFO(all);
  CHECK(all.empty());
  return out;
}

}  // namespace

TEST_CASE("check prints what its schema says", "[cli]") {
  const Specs specs;
  const auto out = fits(specs.folder, "check", "check lamp.yaml --why");
  CHECK(out.at("properties").size() > 4);
  fits(specs.folder, "check", "check lamp.yaml --bound 1 --choose bulb=warm --variant with-lid");
  fits(specs.folder, "check", "check " LUPROOF_TEST_DIR "/../docs/tutorial/first.yaml");
  specs.folder.write(
      "blinks.yaml",
      "design: blinks\nstate: {kernel: {done: bool, lit: bool}}\nactors:\n"
      "  lamp:\n    life: kernel\n    code: |\n      forever:\n        lit = not lit\n"
      "properties:\n  ends: {leads-to: {from: lit, to: done}}\n");
  CHECK(fits(specs.folder, "check", "check blinks.yaml")
            .at("properties")
            .at(0)
            .contains("repeats_from"));
  specs.folder.write("faulty.yaml",
                     "design: faulty\nstate: {kernel: {n: int 0..1, bad: bool}}\nactors:\n"
                     "  a:\n    code: |\n      n = n + 1\n      n = n + 1\n"
                     "properties:\n  fine: {never: bad}\n");
  CHECK(fits(specs.folder, "check", "check faulty.yaml --property fine")
            .at("readings")
            .at(0)
            .at("not_asked")
            .at(0) == "out-of-range");
  fits(specs.folder, "each-patch", "check lamp.yaml --each-patch --variant as-posted");
}

TEST_CASE("so does what asks many searches", "[cli]") {
  const Specs specs;
  CHECK(fits(specs.folder, "mutate", "mutate lamp-2.yaml --variant with-lid").at("command") ==
        "mutate");
  CHECK(fits(specs.folder, "repair", "repair lamp.yaml --variant as-posted --choose bulb=warm")
            .at("command") == "repair");
  CHECK(!fits(specs.folder, "diff", "diff lamp.yaml lamp-2.yaml").at("rules").empty());
  specs.folder.write("lamp-question.yaml", kQuestion);
  CHECK(!fits(specs.folder, "ask", "ask lamp-question.yaml").at("rows").empty());
  CHECK(fits(specs.folder, "matrix", "matrix lamp.yaml --choose bulb=warm").at("pairs").size() ==
        4);
  fits(specs.folder, "check", "check lamp.yaml --variant as-posted --then with-lid");
}

TEST_CASE("so does what explains a run", "[cli]") {
  const Specs specs;
  specs.folder.write(
      "run.json",
      specs.folder.run("check lamp.yaml --variant as-posted --choose bulb=warm --format json").out);
  CHECK(fits(specs.folder, "explain", "explain run.json").at("property") == "dark");
}

TEST_CASE("so does what is said of specs", "[cli]") {
  const Specs specs;
  CHECK(!fits(specs.folder, "lint", "lint lamp.yaml").at("findings").empty());
  fits(specs.folder, "test", "test lamp.yaml --coverage");
  fits(specs.folder, "test", "test " LUPROOF_TEST_DIR "/../docs/add-a-rule --removal");
  CHECK(!fits(specs.folder, "rules", "rules specs --specs specs").at("rules").empty());
}

TEST_CASE("so does what is said of the kernel's source", "[cli]") {
  const Specs specs;
  CHECK(!fits(specs.folder, "map",
              "map series.mbox specs/designs/keeps.yaml --specs specs --tree tree")
             .at("unsupported")
             .empty());
  REQUIRE(specs.folder.run("drift tree --record --specs specs").status == 0);
  specs.folder.write("tree/drivers/pci/iov.c", "int pci_iov_init(struct pci_dev *dev)\n{\n}\n");
  CHECK(!fits(specs.folder, "drift", "drift tree --specs specs").at("drifted").empty());
}

TEST_CASE("a field that a schema does not have is noticed", "[cli]") {
  const Schema schema("lint.schema.json", true);
  const auto out = nlohmann::json::parse(
      R"({"command": "lint", "files": 1, "readings": 1, "findings": [], "not_every_run_seen": []})");
  CHECK(schema.problems(out).empty());
  auto more = out;
  more["new"] = 1;
  CHECK(!schema.problems(more).empty());
  auto less = out;
  less.erase("files");
  CHECK(!schema.problems(less).empty());
}

}  // namespace luproof
