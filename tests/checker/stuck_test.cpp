// SPDX-License-Identifier: GPL-2.0-or-later
// A deadlock says who waits where, and for whom.
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {

TEST_CASE("a deadlock names both places and both locks", "[checker][stuck]") {
  const SpecFile file(R"(case: abba
entities: {device: {members: [d0, d1]}}
locks:
  device.m: mutex
  n: rwlock
procedures:
  one(device d): |
    lock d.m
    lock write n
    unlock write n
    unlock d.m
  two(device d): |
    lock write n
    lock d.m
    unlock d.m
    unlock write n
actors:
  first: {code: one(d1)}
  second: {code: two(d1)}
properties:
  none: {never: "kernel == 2"}
)");
  const std::string name = std::filesystem::path(file.path).filename().string();
  for (const Engine engine : {Engine::Explorer, Engine::Smt}) {
    model::Diagnostics diagnostics;
    CheckOptions options;
    options.engine = engine;
    const auto checked = check(file.path, {}, {}, options, Limits{}, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(checked);
    const Finding& deadlock = checked->findings.back();
    REQUIRE(deadlock.property == "deadlock");
    REQUIRE(deadlock.verdict == Verdict::Violated);
    const std::string first = "at " + name + ":9: n is held by second";
    const std::string second = "at " + name + ":14: device.m[d1] is held by first";
    const bool either =
        deadlock.reason == "first waits for ever " + first + "; second waits " + second ||
        deadlock.reason == "second waits for ever " + second + "; first waits " + first;
    INFO(deadlock.reason);
    CHECK(either);
  }
}

}  // namespace luproof::checker
