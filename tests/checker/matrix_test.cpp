// SPDX-License-Identifier: GPL-2.0-or-later
// A pair of kernels is the one variant before kexec and the other behind it; a variant with itself
// is that variant, and so is one that says the same in other words.
#include "checker/matrix.h"

#include <catch2/catch.hpp>

#include "tests/cli/command.h"
#include "tests/specs/shipped.h"

namespace luproof::checker {
namespace {

struct Said {
  std::string property;
  Verdict verdict;
  int steps;
  std::vector<std::string> by;
  bool operator==(const Said&) const = default;
};

std::vector<Said> said(const Checked& checked) {
  std::vector<Said> all;
  for (const Finding& f : checked.findings)
    all.push_back({f.property, f.verdict, f.run ? f.run->weight : -1, f.violated_by});
  return all;
}

Checked checked(const std::string& file, const model::Reading& reading, int bound = -1) {
  model::Diagnostics diagnostics;
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  CheckOptions options;
  options.needs = false;
  Limits limits;
  limits.bound = bound;
  auto result = check(file, load, reading, options, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(result);
  CHECK(result->broken.empty());
  return std::move(*result);
}

// Each variant changes one thing of what the two kernels do, and `again` says `plain` otherwise.
const std::string kWorker = R"yaml(design: worker
kinds: {colour: [red, green, blue]}
config: {paint: {type: colour, value: red}}
state:
  hardware:
    first: {type: colour, about: what the first kernel painted}
    second: {type: colour, about: what the second one did}
    knocks: int 0..3
    rang: bool
define:
  "chosen()": {expr: paint}
  "may_ring()": {all: true}
procedures:
  brush() -> errno:
    hook: yes
    code: |
      @choice let c = chosen()
      if kernel == 1:
        first = c
      else:
        second = c
      return 0
events:
  bell(): {when: kernel == 1 && may_ring() && not rang, do: rang = true}
actors:
  painter:
    life: kernel
    in: every kernel
    code: |
      ignore brush()
      if kernel == 1:
        kexec
  visitor: {life: kernel, in: new, code: knocks = knocks + 1}
properties:
  first-red: {never: first != red}
  second-red: {never: second != red}
  nobody-knocks: {never: knocks > 0}
  silent: {never: rang}
variants:
  plain: {}
  again:
    config: {paint: {old: red, new: red}}
    extend:
      "may_ring()": {expr: "true || rang"}
      "brush()": {when: "false", code: return 0}
    override:
      define.chosen: {expr: "if(kernel > 9, blue, paint)"}
      actors.visitor: {life: kernel, in: new, code: "knocks = 1 + knocks"}
      events.bell.do: "rang = not rang || rang"
  blue: {config: {paint: {value: blue}}}
  green: {override: {define.chosen: green}}
  label: {override: {procedures.brush@choice: {replace: let c = blue}}}
  hooked:
    extend:
      "brush()":
        when: "true"
        code: |
          if kernel == 1:
            first = green
          else:
            second = green
          return 0
  quiet: {extend: {"may_ring()": "false"}}
  mute: {override: {events.bell.do: pass}}
  lonely: {override: {actors.visitor: {life: kernel, in: old, code: pass}}}
)yaml";

Verdict verdict(const Checked& checked, const std::string& property) {
  for (const Finding& f : checked.findings)
    if (f.property == property) return f.verdict;
  FAIL("no property " << property);
  return Verdict::Unknown;
}

}  // namespace

TEST_CASE("what a kernel of a pair changes holds in its own time", "[checker]") {
  const command::Folder folder;
  folder.write("worker.yaml", kWorker);
  const std::string file = folder.path() + "/worker.yaml";
  const auto is = [&](const std::string& first, const std::string& later, bool first_red,
                      bool second_red, bool nobody, bool silent) {
    INFO(first << " -> " << later);
    const Checked result = checked(file, {first, {}, later});
    const auto holds = [](bool yes) { return yes ? Verdict::Holds : Verdict::Violated; };
    CHECK(verdict(result, "first-red") == holds(first_red));
    CHECK(verdict(result, "second-red") == holds(second_red));
    CHECK(verdict(result, "nobody-knocks") == holds(nobody));
    CHECK(verdict(result, "silent") == holds(silent));
  };
  is("plain", "plain", true, true, false, false);
  for (const char* other : {"blue", "green", "label", "hooked"}) {
    is("plain", other, true, false, false, false);
    is(other, "plain", false, true, false, false);
  }
  is("blue", "label", false, false, false, false);
  // The bell can ring in the first kernel only, the visitor comes in the later one only.
  for (const char* other : {"quiet", "mute"}) {
    is("plain", other, true, true, false, false);
    is(other, "plain", true, true, false, true);
  }
  is("plain", "lonely", true, true, true, false);
  is("lonely", "plain", true, true, false, false);
}

TEST_CASE("a pair of two ways to say the same is that variant", "[checker]") {
  const command::Folder folder;
  folder.write("worker.yaml", kWorker);
  const std::string file = folder.path() + "/worker.yaml";
  const auto plain = said(checked(file, {"plain", {}}));
  CHECK(plain.size() >= 4);
  for (const auto& [first, later] : {std::pair("plain", "again"), std::pair("again", "plain")}) {
    INFO(first << " -> " << later);
    CHECK(said(checked(file, {first, {}, later})) == plain);
  }
}

TEST_CASE("a configuration is known to the kernels beside its own", "[checker]") {
  const command::Folder folder;
  folder.write("n.yaml", R"(design: n
config: {c: {type: int 0..9, old: 3, new: 5}}
state: {hardware: {ahead: int 0..9, back: int 0..9, far: int 0..9}}
updates: 2
actors:
  k:
    life: kernel
    in: every kernel
    code: |
      if kernel == 1:
        ahead = next(c)
      elif kernel == 2:
        back = previous(c)
      else:
        far = previous(c)
      kexec
properties:
  ahead: {never: ahead != 0 && ahead != 5}
  back: {never: back != 0 && back != 3}
  far: {never: far != 0 && far != 5}
  there: {possible: ahead == 5 && back == 3 && far == 5}
)");
  for (const Said& one : said(checked(folder.path() + "/n.yaml", {"", {}}))) {
    INFO(one.property);
    CHECK(one.verdict == Verdict::Holds);
  }
}

namespace {

void is_itself(const std::string& file, const model::Reading& reading, int bound) {
  const Checked alone = checked(file, reading, bound);
  model::Reading twice = reading;
  twice.later = reading.variant;
  const Checked pair = checked(file, twice, bound);
  CHECK(said(pair) == said(alone));
  CHECK(pair.statistics.states == alone.statistics.states);
  CHECK(unmet(pair) == unmet(alone));
}

}  // namespace

TEST_CASE("shipped variants with themselves are themselves", "[checker]") {
  // With label edits, hooks, configuration, acts; and one that is large.
  for (const auto& [name, variant] :
       {std::pair("cases/cb-14-failure-reads-as-nothing", "before"),
        std::pair("designs/five-kernels", "v7.3"), std::pair("designs/pci-v6", "list-unreadable"),
        std::pair("designs/idpf-lpc2025", "today"), std::pair("designs/vfio-rfc-v1", "root-bus")}) {
    INFO(name << ":" << variant);
    is_itself(std::string(LUPROOF_SOURCE_SPECS) + "/" + name + ".yaml", {variant, {}}, 14);
  }
}

TEST_CASE("every shipped variant with itself is itself", "[checker][long]") {
  int paired = 0;
  each_reading(
      [&](const std::string& file, const model::Reading& reading, const model::LoadOptions&) {
        if (reading.variant.empty()) return;
        is_itself(file, reading, -1);
        ++paired;
      });
  CHECK(paired > 200);
}

}  // namespace luproof::checker
