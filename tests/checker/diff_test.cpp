// SPDX-License-Identifier: GPL-2.0-or-later
// What a comparison finds between two designs that differ in known ways.
#include "checker/diff.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "tests/checker/diff_fixture.h"

namespace luproof::checker {
namespace {

namespace fs = std::filesystem;

class Two {
 public:
  Two() {
    char name[] = "/tmp/luproof-diff-XXXXXX";
    REQUIRE(mkdtemp(name));
    folder_ = name;
  }
  ~Two() { fs::remove_all(folder_); }
  Two(const Two&) = delete;
  Two& operator=(const Two&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  Side side(const std::string& name) {
    Side side;
    side.path = (folder_ / name).string();
    auto readings = model::readings(side.path, side.load, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(readings);
    side.readings = std::move(*readings);
    return side;
  }
  Diff diff(const std::string& a, const std::string& b, const Limits& limits = {}) {
    write("a.yaml", a);
    write("b.yaml", b);
    auto found = checker::diff(side("a.yaml"), side("b.yaml"), false, limits, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(found);
    return std::move(*found);
  }

  model::Diagnostics diagnostics;

 private:
  fs::path folder_;
};

// "kernel event detail", of all groups.
std::set<std::string> words(const std::vector<BehaviourGroup>& groups) {
  std::set<std::string> all;
  for (const BehaviourGroup& group : groups)
    for (const Behaviour& b : group.members)
      all.insert(std::to_string(b.kernel) + " " + b.event + b.detail);
  return all;
}

std::map<std::string, std::string> rules(const Diff& diff) {
  std::map<std::string, std::string> all;
  for (const RuleChange& change : diff.rules)
    all[change.kind + " " + change.name] =
        (change.a ? change.a->text : "-") + " => " + (change.b ? change.b->text : "-");
  return all;
}

}  // namespace

TEST_CASE("an assumption that only one design makes is load-bearing if a verdict falls without it",
          "[checker]") {
  Two two;
  const Diff diff = two.diff(bus_design("v5", "true"), bus_design("v6", "kernel > 1", kNoRescan));
  REQUIRE(diff.readings.size() == 1);
  const ReadingDiff& d = diff.readings[0];
  CHECK(d.verdicts.empty());  // both keep the promise, each in its way
  CHECK(!d.differs);
  CHECK(!d.unknown);
  REQUIRE(d.assumptions.size() == 2);
  const AssumptionChange& bearing = d.assumptions[0];
  CHECK(bearing.name == "no-rescan-renumbers-a-busy-bridge");
  CHECK(bearing.of == Of::B);
  CHECK(bearing.load_bearing);
  REQUIRE(bearing.falls.size() == 1);
  CHECK(bearing.falls[0].property == "bus-number-kept");
  CHECK(bearing.falls[0].from == "holds");
  CHECK(bearing.falls[0].to == "violated");
  REQUIRE(bearing.without);
  CHECK(bearing.without->broken == "");
  for (const Finding& f : bearing.without->findings)
    if (f.property == "bus-number-kept") {
      REQUIRE(f.run);
      CHECK(f.run->weight == 3);
    }
  CHECK(d.assumptions[1].name == "scans-are-short");
  CHECK(!d.assumptions[1].load_bearing);
  CHECK(d.assumptions[1].falls.empty());
}

TEST_CASE("assumptions that only the first design makes are dropped there", "[checker]") {
  Two two;
  const Diff diff = two.diff(bus_design("v6", "kernel > 1", kNoRescan), bus_design("v5", "true"));
  REQUIRE(diff.readings[0].assumptions.size() == 2);
  CHECK(diff.readings[0].assumptions[0].of == Of::A);
  CHECK(diff.readings[0].assumptions[0].load_bearing);
}

TEST_CASE("behaviours name event, effect and kernel, and each comes with a replayed run",
          "[checker]") {
  Two two;
  const Diff diff = two.diff(bus_design("v5", "true"), bus_design("v6", "kernel > 1", kNoRescan));
  const ReadingDiff& d = diff.readings[0];
  CHECK(words(d.only_a) == std::set<std::string>{"1 pci_scan_bridge_extend: inherits = true"});
  CHECK(d.only_b.empty());  // what v6 does in the incoming kernel v5 does too
  REQUIRE(d.only_a[0].members[0].run);
  CHECK(d.only_a[0].members[0].run->weight == 2);
}

TEST_CASE("what a design does only without inheritance is found in its kernel", "[checker]") {
  Two two;
  const Diff diff = two.diff(bus_design("v5", "true"), bus_design("v6", "kernel > 1"));
  const ReadingDiff& d = diff.readings[0];
  CHECK(d.differs);
  REQUIRE(d.verdicts.size() == 1);
  CHECK(d.verdicts[0].property == "bus-number-kept");
  CHECK(d.verdicts[0].from == "holds");
  CHECK(d.verdicts[0].to == "violated");
  CHECK(words(d.only_a) == std::set<std::string>{"1 pci_scan_bridge_extend: inherits = true"});
  CHECK(words(d.only_b) == std::set<std::string>{"1 pci_scan_bridge_extend: inherits = false",
                                                 "1 pci_scan_bridge_extend: number = 2"});
  REQUIRE(d.only_b.size() == 1);
  CHECK(d.only_b[0].members[0].run);
  CHECK(!d.only_b[0].members[1].run);  // one run a group, unless all are asked for
}

TEST_CASE("a design does not differ from itself", "[checker]") {
  Two two;
  const std::string same = bus_design("v6", "kernel > 1", kNoRescan);
  const Diff diff = two.diff(same, same);
  CHECK(diff.rules.empty());
  CHECK(diff.readings[0].verdicts.empty());
  CHECK(diff.readings[0].assumptions.empty());
  CHECK(diff.readings[0].only_a.empty());
  CHECK(diff.readings[0].only_b.empty());
}

TEST_CASE("rules are compared by what they say, not by how it is laid out or sourced",
          "[checker]") {
  Two two;
  two.write("shared.yaml", "rules: shared\ndefine:\n  word: {all: true}\n");
  two.write("extra.yaml", "rules: extra\nabout: more\ndefine: {more: true}\n");
  const char* const a = R"(design: a
use: [shared]
state: {kernel: {n: int 0..3}}
environment: {power-fails: {about: x}}
define:
  same: {expr: n == 1, cite: here, about: one}
  another(): n == 1
  gone: true
procedures: {p(): {code: "@l n = 1"}}
extend: {word: n == 0}
allow: [power-fails]
)";
  const char* const b = R"(design: b
use: [shared, extra]
state: {kernel: {n: int 0..3}}
environment: {power-fails: {about: y}}
define:
  same: {expr: "n  ==  1", cite: there, about: two}
  another(): {expr: n == 2, about: three}
procedures: {p(): {code: "@l n = 1"}}
extend: {word: n == 3}
override: {procedures.p@l: {drop: yes, patch: "4", at: "a.c:p"}}
)";
  const Diff diff = two.diff(a, b);
  CHECK(rules(diff) ==
        std::map<std::string, std::string>{{"definition another", "n == 1 => n == 2"},
                                           {"definition gone", "true => -"},
                                           {"extension word", "n == 0 => n == 3"},
                                           {"override procedures.p@l", "- => drop: yes"},
                                           {"act allowed power-fails", " => -"},
                                           {"pack extra", "- => "}});
  for (const RuleChange& change : diff.rules)
    if (change.kind == "override") {
      CHECK(change.b->patch == "4");
      CHECK(change.b->at == "a.c:p");
    }
}

TEST_CASE("readings are paired by variant and choices, and the others are named", "[checker]") {
  using Readings = std::vector<model::Reading>;
  const Readings a = {{"x", {{"who", "core"}}}, {"x", {{"who", "driver"}}}, {"y", {}}};
  const Readings b = {{"x", {{"who", "driver"}}}, {"x", {{"who", "user"}}}, {"z", {}}};
  const DiffPlan plan = pair_up(a, b);
  REQUIRE(plan.pairs.size() == 1);
  CHECK(plan.pairs[0].first.choices.at("who") == "driver");
  CHECK(plan.only_a.size() == 2);
  CHECK(plan.only_b.size() == 2);
  // A choice that only one of them has open says nothing about the other.
  CHECK(pair_up({{"x", {{"who", "core"}}}, {"y", {}}}, {{"x", {}}, {"y", {}}}).pairs.size() == 2);
  // One variant against one variant: their names do not matter.
  CHECK(pair_up({{"x", {}}}, {{"", {}}}).pairs.size() == 1);
}

TEST_CASE("designs without a common variant are compared as files", "[checker]") {
  Two two;
  const Diff diff = two.diff(bus_design("v5", "true", "variants: {p: {}, q: {}}\n"),
                             bus_design("v6", "kernel > 1", "variants: {r: {}, s: {}}\n"));
  CHECK(diff.as_files);
  CHECK(diff.readings.size() == 1);
  CHECK(diff.only_a.size() == 2);
  CHECK(diff.only_b.size() == 2);
}

TEST_CASE("a rule that differs in one variant only says in which", "[checker]") {
  Two two;
  const Diff diff = two.diff(
      bus_design("v5", "true", "variants: {p: {}, q: {}}\n"),
      bus_design("v5", "true", "variants: {p: {}, q: {override: {define.keeps_number: false}}}\n"));
  REQUIRE(diff.rules.size() == 1);
  CHECK(diff.rules[0].kind == "definition");
  CHECK(diff.rules[0].name == "keeps_number");
  REQUIRE(diff.rules[0].b);
  CHECK(diff.rules[0].b->text == "false");  // what counts, not what was declared first
  CHECK(diff.rules[0].readings == std::vector<int>{1});
}

TEST_CASE("uncertain rules that only one design uses are named, without dropping them",
          "[checker]") {
  Two two;
  const Diff diff =
      two.diff(bus_design("v5", "true"), bus_design("v6", "{expr: true, status: spec-knowledge}"));
  REQUIRE(diff.readings[0].assumptions.size() == 1);
  CHECK(diff.readings[0].assumptions[0].name == "keeps_number (spec-knowledge)");
  CHECK(diff.readings[0].assumptions[0].status);
  CHECK(!diff.readings[0].assumptions[0].without);
}

TEST_CASE("a search that was cut short compares no behaviours and calls nothing needless",
          "[checker]") {
  Two two;
  Limits limits;
  limits.bound = 1;
  const Diff diff =
      two.diff(bus_design("v5", "true"), bus_design("v6", "kernel > 1", kNoRescan), limits);
  const ReadingDiff& d = diff.readings[0];
  CHECK(d.unknown);
  CHECK(!d.behaviours_unknown.empty());
  CHECK(d.only_a.empty());
}

}  // namespace luproof::checker
