// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that are not certain are assumptions of the verdicts that used them, and of no others.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "checker/check.h"

namespace luproof::checker {
namespace {

namespace fs = std::filesystem;

const char* const kPack = R"(rules: pack
status: spec-knowledge
define:
  ready: {all: true}
  idle_word: true
)";

const char* const kDesign = R"(design: d
use: [pack]
state:
  kernel: {n: int 0..3, m: bool, sure: bool}
  hardware:
    line: {type: bool, status: assumed}
    unread: {type: bool, status: assumed}
environment:
  power-fails: {about: it fails, status: uncertain}
  fire-breaks-out: {about: it burns, status: uncertain}
allow: [power-fails]
events:
  raise_n: {status: derived, do: n = 1}
  never_reached: {status: derived, do: n = 2}
  certain: {do: sure = true}
  lights_out: {act: power-fails, status: uncertain, when: not m, do: m = true}
  burns: {act: fire-breaks-out, status: uncertain, when: not m, do: m = true}
procedures:
  work(): {status: derived, code: raise_n()}
  replaced(): {status: uncertain, code: never_reached()}
  no_run(): {status: uncertain, code: pass}
extend:
  ready: {expr: n < 2, status: derived}
override:
  procedures.replaced: {code: certain(), status: assumed}
actors:
  a:
    code: |
      work()
      replaced()
      if line && ready:
        if n == 3:
          no_run()
          never_reached()
properties:
  mine: {never: n == 3, status: uncertain}
  other: {never: n == 2}
)";

std::map<std::string, std::set<std::string>> assumed(const Limits& limits = {}) {
  char name[] = "/tmp/luproof-assumed-XXXXXX";
  REQUIRE(mkdtemp(name));
  const fs::path folder = name;
  std::ofstream(folder / "pack.yaml") << kPack;
  std::ofstream(folder / "d.yaml") << kDesign;
  model::Diagnostics diagnostics;
  const auto checked = check((folder / "d.yaml").string(), {}, {}, {}, limits, diagnostics);
  fs::remove_all(folder);
  INFO(diagnostics.render());
  REQUIRE(checked);
  std::map<std::string, std::set<std::string>> found;
  for (const Finding& f : checked->findings)
    found[f.property] = {f.assumed.begin(), f.assumed.end()};
  return found;
}

const std::set<std::string> kUsed = {
    "pack.ready (spec-knowledge)",               // by its file
    "d.extend.ready (derived)",                  // looked at, though it is never false
    "d.work (derived)",                          // entered
    "d.raise_n (derived)",                       // happens
    "d.override.procedures.replaced (assumed)",  // stands for the uncertain one
    "d.line (assumed)",                          // a cell that says so of itself
    "d.power-fails (uncertain)",                 // an act that is on
    "d.lights_out (uncertain)"};

}  // namespace

TEST_CASE("a verdict rests on the uncertain rules that its runs used", "[checker]") {
  const auto found = assumed();
  CHECK(found.at("other") == kUsed);
}

TEST_CASE("the status of a property is an assumption of its own verdict only", "[checker]") {
  auto with_own = kUsed;
  with_own.insert("d.mine (uncertain)");
  CHECK(assumed().at("mine") == with_own);
}

TEST_CASE("a search that was cut short rests on all that its runs might reach", "[checker]") {
  Limits limits;
  limits.bound = 1;
  auto more = kUsed;
  more.insert("d.no_run (uncertain)");
  more.insert("d.never_reached (derived)");
  CHECK(assumed(limits).at("other") == more);
}

}  // namespace luproof::checker
