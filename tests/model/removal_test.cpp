// SPDX-License-Identifier: GPL-2.0-or-later
// A rule that is taken away says nothing any more, and everything else stays what it was.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "model/load.h"

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

const char* const kPack = R"spec(rules: pack
kinds: {colour: [red, green]}
entities: {lamp: {members: [l1, l2]}}
environment: {rain: {at-most: 2}}
state:
  kernel: {on: bool, seen: colour, "lit(lamp l)": bool}
define:
  plain: on
  all_of: {all: on}
  any_of: {any: on}
  number: {expr: "if(on, 3, 2)"}
  which: {expr: "if(on, l1, l2)"}
  some: {expr: "lamp.where(l, lit(l))"}
events:
  turn_on: {do: on = true}
  short: on = false
  pours: {act: rain, when: on, do: on = false}
procedures:
  nothing(): turn_on()
  number_of() -> int: {code: return 5}
  error_of() -> errno: return -EIO
  truth_of() -> bool: return true
  lamp_of() -> lamp: return l1
  colour_of() -> colour: return green
  hook() -> errno: {hook: yes, code: return -EIO}
  labelled(): |
    @step turn_on()
claims:
  kept: {for: lamp l, level: light, from: on, until: not on}
properties:
  stays: {for: l in claimed(light), never: not lit(l)}
)spec";

const char* const kDesign = R"spec(design: design
use: [pack]
allow: [rain]
extend:
  all_of: on
  any_of: not on
  "hook()": {when: on, code: return 0}
override:
  define.plain: not on
  procedures.labelled@step: {before: short()}
variants:
  base: {}
  other:
    extend: {all_of: seen == red}
)spec";

struct Specs {
  Specs() {
    char name[] = "/tmp/luproof-removal-XXXXXX";
    REQUIRE(mkdtemp(name));
    folder = name;
    std::ofstream(folder / "pack.yaml") << kPack;
    std::ofstream(folder / "design.yaml") << kDesign;
  }
  ~Specs() { fs::remove_all(folder); }

  std::optional<Model> load(const std::map<std::string, bool>& without,
                            const std::string& variant = "base") {
    LoadOptions options;
    options.without = without;
    options.variant = variant;
    Diagnostics diagnostics;
    auto model = model::load((folder / "design.yaml").string(), options, diagnostics);
    errors = diagnostics.render();
    return model;
  }
  fs::path folder;
  std::string errors;
};

template <typename List>
const auto& of(const List& list, const std::string& name) {
  for (const auto& one : list)
    if (one.name == name) return one;
  FAIL("nothing is called " + name);
  return list.front();
}

}  // namespace

TEST_CASE("a definition that is taken away is its neutral value", "[model]") {
  Specs specs;
  const auto body = [&](const std::string& name, bool instead = false) {
    const auto model = specs.load({{"pack." + name, instead}});
    INFO(specs.errors);
    REQUIRE(model);
    CHECK(model->without == std::vector<std::string>{"pack." + name});
    return of(model->defines, name).body;
  };
  CHECK(body("plain")->op == Op::Const);
  CHECK(body("plain")->value == 0);
  CHECK(body("plain", true)->value == 1);
  CHECK(body("all_of")->op == Op::Const);  // its extension is gone with it
  CHECK(body("all_of")->value == 1);
  CHECK(body("any_of")->value == 0);
  CHECK(body("any_of", true)->value == 0);
  CHECK(body("number")->op == Op::Const);
  CHECK(body("which")->value == 0);
  CHECK(body("which")->type.nullable);
  const ExprPtr some = body("some");
  CHECK(some->op == Op::SetWhere);  // still a set, of nobody
  CHECK(some->kids[1]->op == Op::Const);
  CHECK(some->kids[1]->value == 0);
}

TEST_CASE("a procedure that is taken away returns at once", "[model]") {
  Specs specs;
  for (const char* name : {"number_of", "error_of", "truth_of", "lamp_of", "colour_of", "hook"}) {
    const auto model = specs.load({{std::string("pack.") + name, false}});
    INFO(name << specs.errors);
    REQUIRE(model);
    const Procedure& p = of(model->procedures, name);
    REQUIRE(p.body.size() == 1);  // the cases of the hook are gone too
    CHECK(p.body[0]->kind == StmtKind::Return);
    REQUIRE(p.body[0]->values.size() == 1);
    CHECK(p.body[0]->values[0]->op == Op::Const);
    CHECK(p.body[0]->values[0]->value == 0);
  }
  for (const char* name : {"nothing", "labelled"}) {
    const auto model = specs.load({{std::string("pack.") + name, false}});
    REQUIRE(model);
    for (const auto& s : of(model->procedures, name).body) CHECK(s->kind == StmtKind::Pass);
  }
}

TEST_CASE("events, acts and claims that are taken away do nothing", "[model]") {
  Specs specs;
  for (const char* name : {"turn_on", "short", "pours"}) {
    const auto model = specs.load({{std::string("pack.") + name, false}});
    INFO(specs.errors);
    REQUIRE(model);
    for (const auto& s : of(model->events, name).body) CHECK(s->kind == StmtKind::Pass);
    CHECK((of(model->events, "pours").when != nullptr));
  }
  CHECK(of(specs.load({})->acts, "rain").allowed);
  CHECK_FALSE(of(specs.load({{"pack.rain", false}})->acts, "rain").allowed);
  const auto model = specs.load({{"pack.kept", false}});
  REQUIRE(model);
  CHECK(model->claims[0].from->op == Op::Const);
  CHECK(model->claims[0].from->value == 0);
  CHECK_FALSE(model->claims[0].until);
}

TEST_CASE("an extension or override that is taken away leaves what it changed", "[model]") {
  Specs specs;
  const auto whole = specs.load({});
  REQUIRE(whole);
  CHECK(whole->without.empty());
  CHECK(of(whole->defines, "all_of").body->op == Op::And);
  CHECK(of(whole->defines, "plain").body->op == Op::Not);
  CHECK(of(whole->procedures, "labelled").body.size() == 2);

  CHECK(of(specs.load({{"design.extend.all_of", false}})->defines, "all_of").body->op == Op::Cell);
  CHECK(of(specs.load({{"design.extend.hook", false}})->procedures, "hook").body[0]->kind ==
        StmtKind::Return);
  CHECK(of(specs.load({{"design.override.define.plain", false}})->defines, "plain").body->op ==
        Op::Cell);
  CHECK(
      of(specs.load({{"design.override.procedures.labelled@step", false}})->procedures, "labelled")
          .body.size() == 1);
}

TEST_CASE("an id that is not in this variant changes nothing, one of no rule is an error",
          "[model]") {
  Specs specs;
  std::ofstream(specs.folder / "design.yaml", std::ios::app)
      << "  third: {extend: {any_of: seen == green}}\n";
  auto model = specs.load({{"design.extend.any_of", false}}, "third");
  REQUIRE(model);
  CHECK(of(model->defines, "any_of").body->op == Op::Cell);  // both of this id
  std::ofstream(specs.folder / "design.yaml", std::ios::app)
      << "  fourth: {override: {define.number: 1}}\n";
  model = specs.load({{"design.override.define.number", false}});
  REQUIRE(model);
  CHECK(model->without.empty());
  CHECK_FALSE(specs.load({{"pack.plian", false}}));
  CHECK(specs.errors.find("did you mean 'pack.plain'?") != std::string::npos);
  CHECK_FALSE(specs.load({{"pack.on", false}}));  // a cell is no rule
  CHECK_FALSE(specs.load({{"pack.stays", false}}));
  CHECK(specs.errors.find("is a property") != std::string::npos);
}

}  // namespace luproof::model
