// SPDX-License-Identifier: GPL-2.0-or-later
// A rule counts as used exactly where a run uses it: not because it is loaded, not because it is
// named by code that nobody reaches, and not for less than a fused step does.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "checker/check.h"

namespace luproof::checker {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    char name[] = "/tmp/luproof-coverage-XXXXXX";
    REQUIRE(mkdtemp(name));
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  fs::path path;
};

using Uses = std::map<std::string, Exercise>;

Uses uses(const std::string& path, const std::string& variant = "", bool fuse = true,
          int bound = -1) {
  model::Diagnostics diagnostics;
  CheckOptions options;
  options.observe = true;
  options.fuse = fuse;
  Limits limits;
  limits.bound = bound;
  const auto checked = check(path, {}, {variant, {}}, options, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  REQUIRE(checked->observed);
  CHECK(checked->observed->complete == (bound < 0));
  Uses all;
  for (const auto& [key, exercise] : checked->exercised) all[shown(key)] = exercise;
  return all;
}

bool used(const Uses& all, const std::string& rule) {
  const auto found = all.find(rule);
  return found != all.end() && found->second.used();
}

// "true", "false", "both", "used" of what has no truth value, or "no".
std::string value(const Uses& all, const std::string& rule) {
  const auto found = all.find(rule);
  if (found == all.end() || !found->second.used()) return "no";
  if (!found->second.boolean) return "used";
  return found->second.yes && found->second.no ? "both" : found->second.yes ? "true" : "false";
}

// A switch that an actor turns on, and all kinds of rules around it.
const std::string kRules = R"spec(rules: switch
state:
  kernel: {on: bool, ready: bool}
environment:
  fuse-blows: {about: it does}
  lightning: {about: never allowed below}
define:
  lit: on
  always_lit: {expr: on || not on}
  powered: {all: true}
  warned: {any: false}
  never_asked: on
  step_size: {expr: "if(on, 1, 2)"}
events:
  turn_on: {do: on = true}
  turn_off: {do: on = false}
  never_turned: {do: on = true}
  blows: {act: fuse-blows, when: lit, do: on = false}
  strikes: {act: lightning, when: true, do: on = false}
  impossible: {when: on && not lit, do: pass}
procedures:
  press(): |
    if powered:
      turn_on()
    else:
      turn_off()
  told() -> errno: {hook: yes, code: return 0}
  nobody_calls(): pass
  start() -> errno: |
    may-fail fuse-blows -> -EIO
    try told()
    press()
    return 0
)spec";

const std::string kCase = R"spec(case: use
use: [switch]
allow: [fuse-blows]
actors:
  hand:
    code: |
      ignore start()
      if always_lit && step_size > 0:
        ready = true
properties:
  dark: {never: ready && warned}
)spec";

}  // namespace

TEST_CASE("each kind of rule is used exactly where a run uses it", "[checker]") {
  const Folder folder;
  folder.write("switch.yaml", kRules);
  const std::string path = folder.write("use.yaml", kCase);
  for (const bool fuse : {true, false}) {
    INFO("steps joined: " << fuse);
    const Uses all = uses(path, "", fuse);
    CHECK(value(all, "switch.turn_on") == "used");
    CHECK(value(all, "switch.turn_off") == "no");  // powered is never false
    CHECK(value(all, "switch.never_turned") == "no");
    CHECK(value(all, "switch.blows") == "used");
    CHECK(value(all, "switch.strikes") == "no");     // its act is not allowed
    CHECK(value(all, "switch.impossible") == "no");  // its condition is looked at, never true
    CHECK(value(all, "switch.fuse-blows") == "used");
    CHECK(value(all, "switch.lightning") == "no");
    CHECK(value(all, "switch.press") == "used");
    CHECK(value(all, "switch.told") == "used");
    CHECK(value(all, "switch.nobody_calls") == "no");
    CHECK(value(all, "switch.lit") == "both");
    CHECK(value(all, "switch.always_lit") == "true");
    CHECK(value(all, "switch.powered") == "true");
    CHECK(value(all, "switch.warned") == "false");  // by the property, once ready is true
    CHECK(value(all, "switch.never_asked") == "no");
    CHECK(value(all, "switch.step_size") == "used");
    CHECK(value(all, "use.dark") == "used");
  }
}

TEST_CASE("what a step bound cuts off is not used", "[checker]") {
  const Folder folder;
  folder.write("switch.yaml", kRules);
  const std::string path = folder.write("use.yaml", kCase);
  const Uses all = uses(path, "", true, 0);
  CHECK(value(all, "switch.blows") == "no");
}

TEST_CASE("an operand behind one that decides is not evaluated", "[checker]") {
  const Folder folder;
  const std::string path = folder.write("a.yaml", R"spec(case: a
state: {kernel: {on: bool, seen: bool}}
define:
  first: on
  second: on
  third: on
  of_none: on
kinds: {colour: [red, green]}
entities: {lamp: {pool: 1}}
actors:
  a:
    code: |
      if first && second:
        seen = true
      if first || third:
        seen = true
      if lamp.exists(l, of_none):
        seen = true
)spec");
  const Uses all = uses(path);
  CHECK(value(all, "a.first") == "false");
  CHECK(value(all, "a.second") == "no");
  CHECK(value(all, "a.third") == "false");
  CHECK(value(all, "a.of_none") == "no");  // there is no lamp
}

TEST_CASE("a wait that holds somebody up has been false, one that does not has not", "[checker]") {
  const Folder folder;
  const std::string path = folder.write("w.yaml", R"spec(case: w
state: {kernel: {on: bool, more: bool}}
define:
  go: on
  gone: more || not more
actors:
  a:
    code: |
      wait go
      wait gone
      more = true
  b: {code: on = true}
)spec");
  const Uses all = uses(path);
  CHECK(value(all, "w.go") == "both");
  CHECK(value(all, "w.gone") == "true");
}

TEST_CASE("extensions and overrides are rules of their own", "[checker]") {
  const Folder folder;
  folder.write("switch.yaml", kRules);
  const std::string path = folder.write("d.yaml", R"spec(design: d
use: [switch]
extend:
  powered: on
  warned: on
  "told()": {when: on, code: return -EBUSY}
actors:
  hand:
    code: |
      ignore start()
      turn_on()
      ignore told()
      if warned:
        turn_off()
variants:
  plain: {}
  changed:
    override:
      define.lit: "false"
      define.never_asked: "true"
      procedures.press: turn_on()
      procedures.nobody_calls: turn_on()
      events.turn_on.do: pass
)spec");
  const Uses plain = uses(path, "plain");
  CHECK(value(plain, "d.extend.powered") == "false");  // only ever asked before the lamp is on
  CHECK(value(plain, "d.extend.warned") == "true");    // only ever asked when it is on
  CHECK(used(plain, "d.extend.told"));
  CHECK(value(plain, "switch.press") == "used");
  const Uses changed = uses(path, "changed");
  CHECK_FALSE(used(changed, "d.extend.told"));  // nothing turns the lamp on
  CHECK(used(changed, "d.override.procedures.press (changed)"));
  CHECK_FALSE(used(changed, "switch.press"));  // its text is replaced
  CHECK_FALSE(used(changed, "d.override.procedures.nobody_calls (changed)"));
  CHECK(used(changed, "d.override.events.turn_on.do (changed)"));
  CHECK_FALSE(used(changed, "d.override.define.never_asked (changed)"));
}

TEST_CASE("a claim is used where it is latched, its property where that binds", "[checker]") {
  const Folder folder;
  const std::string path = folder.write("c.yaml", R"spec(design: c
entities: {lamp: {members: [l1]}}
state:
  hardware: {lamp.on: bool = true}
  kernel: {promised: bool, done: bool boot true}
claims:
  kept: {for: lamp l, level: light, from: promised, until: done}
  empty: {for: lamp l, level: never, from: promised && not promised}
properties:
  stays-lit: {for: l in claimed(light), never: not l.on}
  unbound: {for: l in claimed(never), never: l.on}
  nobody-asks: {for: l in claimed(nothing), never: l.on}
  at-the-jump: {at: kexec, never: "not lamp.all(l, l.on)"}
  later: {leads-to: {from: promised && done, to: done}}
actors:
  a:
    in: old
    code: |
      promised = true
      kexec
)spec");
  const Uses all = uses(path);
  CHECK(used(all, "c.kept"));
  CHECK_FALSE(used(all, "c.empty"));
  CHECK(used(all, "c.stays-lit"));
  CHECK_FALSE(used(all, "c.unbound"));
  CHECK_FALSE(used(all, "c.nobody-asks"));
  CHECK(used(all, "c.at-the-jump"));
  CHECK_FALSE(used(all, "c.later"));
}

TEST_CASE("the step that ends a run uses what it looked at", "[checker]") {
  const Folder folder;
  const std::string path = folder.write("f.yaml", R"spec(case: f
entities: {lamp: {members: [l1]}}
state:
  kernel: {here: ref lamp, lamp.on: bool}
define:
  before_it: here == none
  behind_it: here == none
actors:
  a:
    code: |
      if before_it && here.on && behind_it:
        pass
expect: {none-reference: violated}
)spec");
  const Uses all = uses(path);
  CHECK(value(all, "f.before_it") == "true");
}

TEST_CASE("noting what is used changes no verdict and no count of states", "[checker]") {
  const Folder folder;
  folder.write("switch.yaml", kRules);
  const std::string path = folder.write("use.yaml", kCase);
  model::Diagnostics diagnostics;
  CheckOptions plain, noting;
  noting.observe = true;
  const auto a = check(path, {}, {}, plain, {}, diagnostics);
  const auto b = check(path, {}, {}, noting, {}, diagnostics);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->statistics.states == b->statistics.states);
  CHECK(a->statistics.transitions == b->statistics.transitions);
  REQUIRE(a->findings.size() == b->findings.size());
  for (std::size_t i = 0; i < a->findings.size(); ++i)
    CHECK(a->findings[i].verdict == b->findings[i].verdict);
}

}  // namespace luproof::checker
