// SPDX-License-Identifier: GPL-2.0-or-later
// The interpreter is the language; every other engine has to reach what it reaches and nothing
// else.
//
// Compared on random specs: the sets of (data, statement of each actor), the built-in violations,
// the properties that are violated, and whether a pool was full. With steps fused, states in
// between are gone on purpose; verdicts have to stay. Every counterexample is replayed.
#include <catch2/catch.hpp>

#include <set>

#include "checker/check.h"
#include "checker/smt.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/reach.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMaximumConfigurations = 3000;

Reached explored(const model::Model& model, const model::Layout& layout, bool fuse) {
  model::Diagnostics diagnostics;
  const auto system = ground(model, layout, GroundOptions{fuse}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(system);
  Graph graph(*system);
  Outcome outcome = explore(*system, {}, Limits{}, &graph);
  REQUIRE(outcome.statistics.exhausted);
  Reached reached = places_of(*system, graph, layout);
  reached.full_pool = outcome.statistics.pool_exhausted;
  for (Finding& f : outcome.findings) {
    if (f.verdict != Verdict::Violated || f.property == "deadlock") continue;
    if (f.index >= 0)
      reached.violated.insert(f.index);
    else
      reached.faults.insert(f.property);
    REQUIRE(f.run);
    CHECK(replay(model, layout, *f.run, f.index) == "");
  }
  return reached;
}

// How many of the seeds were small enough to compare.
int compare(std::uint64_t first, std::uint64_t last) {
  int compared = 0;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const std::string text = RandomSpec(seed).text();
    INFO("seed " << seed << "\n" << text);
    const auto model = load_text(text);
    const model::Layout layout(*model);
    const Reached plain = interpret(*model, layout, kMaximumConfigurations);
    if (plain.too_large) continue;
    ++compared;
    const Reached ground = explored(*model, layout, false);
    REQUIRE(ground.places == plain.places);
    for (const Reached& engine : {ground, explored(*model, layout, true)}) {
      REQUIRE(engine.faults == plain.faults);
      REQUIRE(engine.violated == plain.violated);
      REQUIRE(engine.full_pool == plain.full_pool);
    }
  }
  return compared;
}

// Bounded: the solver finds a violation of a declared property exactly when one is that near.
int compare_smt(std::uint64_t first, std::uint64_t last, int bound) {
  int compared = 0;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const std::string text = RandomSpec(seed).text();
    INFO("seed " << seed << "\n" << text);
    const auto model = load_text(text);
    const model::Layout layout(*model);
    const Reached plain = interpret(*model, layout, kMaximumConfigurations);
    if (plain.too_large) continue;
    ++compared;
    model::Diagnostics diagnostics;
    const auto system = ground(*model, layout, GroundOptions{false}, diagnostics);
    REQUIRE(system);
    Limits limits;
    limits.bound = bound;
    Outcome outcome = check_smt(*system, {}, limits);
    bool found = false;
    for (Finding& f : outcome.findings) {
      if (f.verdict == Verdict::Holds) CHECK(plain.violated.count(f.index) == 0);
      if (f.verdict != Verdict::Violated) continue;
      REQUIRE(f.run);
      CHECK(replay(*model, layout, *f.run, f.index) == "");
      if (f.index < 0) continue;
      CHECK(plain.violated.count(f.index) == 1);
      found = true;
    }
    const bool near = plain.shortest > 0 && plain.shortest - 1 <= static_cast<std::size_t>(bound);
    CHECK(found == near);
  }
  return compared;
}

}  // namespace

TEST_CASE("explorer and interpreter reach the same states of random specs", "[checker]") {
  CHECK(compare(1, 1001) >= 900);
}

TEST_CASE("explorer and interpreter reach the same states of 10,000 random specs",
          "[checker][long]") {
  CHECK(compare(10'000, 20'000) >= 9'000);
}

TEST_CASE("the solver finds exactly the violations within its bound", "[checker]") {
  CHECK(compare_smt(1, 61, 6) >= 50);
}

TEST_CASE("the solver finds exactly the violations within its bound, on more specs",
          "[checker][long]") {
  CHECK(compare_smt(20'000, 20'600, 8) >= 500);
}

// A check and the act that follows it are two steps: fused, the second user would never get in.
TEST_CASE("between a check and the act behind it another actor may act", "[checker]") {
  const auto model = load_text(R"(case: race
state: {kernel: {busy: bool = false, users: int 0..2 = 0}}
procedures:
  enter_it() -> errno: |
    check not busy else -EBUSY
    busy = true
    users = users + 1
    return 0
actors:
  user: {tasks: 2, code: ignore enter_it()}
properties:
  one-user: {never: users > 1}
)");
  const model::Layout layout(*model);
  for (const bool fuse : {false, true}) {
    const Reached reached = explored(*model, layout, fuse);
    CHECK(reached.violated == std::set<int>{0});
  }
}

TEST_CASE("an if on shared state and its branch are two steps", "[checker]") {
  const auto model = load_text(R"(case: branch
state: {kernel: {busy: bool = false, users: int 0..2 = 0}}
actors:
  user:
    tasks: 2
    code: |
      if not busy:
        busy = true
        users = users + 1
properties:
  one-user: {never: users > 1}
)");
  const model::Layout layout(*model);
  for (const bool fuse : {false, true})
    CHECK(explored(*model, layout, fuse).violated == std::set<int>{0});
}

TEST_CASE("a lock around check and act keeps the second user out", "[checker]") {
  const auto model = load_text(R"(case: locked
state: {kernel: {busy: bool = false, users: int 0..2 = 0}}
locks: {m: mutex}
procedures:
  enter_it() -> errno: |
    with m:
      check not busy else -EBUSY
      busy = true
      users = users + 1
    return 0
actors:
  user: {tasks: 2, code: ignore enter_it()}
properties:
  one-user: {never: users > 1}
)");
  const model::Layout layout(*model);
  for (const bool fuse : {false, true}) CHECK(explored(*model, layout, fuse).violated.empty());
}

// The handover has the number of a session that is gone, as in a use after free.
TEST_CASE("a freed element stays freed over kexec, whatever refers to it", "[checker]") {
  const auto model = load_text(R"(case: dangling
entities: {session: {pool: 2}}
state:
  handover: {carried: ref session}
actors:
  old:
    in: old
    code: |
      let s = new session
      free s
      carried = s
      kexec
properties:
  none-lives: {never: "kernel == 2 and session.count() > 0"}
)");
  const model::Layout layout(*model);
  const Reached plain = interpret(*model, layout, 100);
  CHECK(plain.violated.empty());
  CHECK(explored(*model, layout, false).places == plain.places);
  CHECK(explored(*model, layout, true).violated.empty());
}

}  // namespace luproof::checker
