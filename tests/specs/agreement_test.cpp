// SPDX-License-Identifier: GPL-2.0-or-later
// Every shipped spec through every engine: they may not contradict each other.
#include <catch2/catch.hpp>

#include <algorithm>

#include "checker/check.h"
#include "checker/smt.h"
#include "tests/checker/reach.h"
#include "tests/specs/shipped.h"

namespace luproof::checker {
namespace {

// Calls `visit` with the model of each reading.
template <typename Visit>
void each_model(const Visit& visit, int every = 1) {
  each_reading(
      [&](const std::string& file, const model::Reading&, const model::LoadOptions& with) {
        model::Diagnostics diagnostics;
        const auto model = model::load(file, with, diagnostics);
        REQUIRE(model);
        visit(*model);
      },
      every);
}

std::set<int> violated_safety(const model::Model& model, const Outcome& outcome) {
  std::set<int> violated;
  for (const Finding& f : outcome.findings)
    if (f.index >= 0 && f.verdict == Verdict::Violated &&
        model.properties[f.index].kind == model::PropertyKind::Safety)
      violated.insert(f.index);
  return violated;
}

// How many readings were small enough for the interpreter.
int compare_with_interpreter(std::size_t limit, int every) {
  int compared = 0;
  each_model(
      [&](const model::Model& model) {
        const model::Layout layout(model);
        const Reached plain = interpret(model, layout, limit);
        if (plain.too_large) return;
        ++compared;
        model::Diagnostics diagnostics;
        for (const bool fuse : {false, true}) {
          const auto system = ground(model, layout, GroundOptions{fuse}, diagnostics);
          REQUIRE(system);
          Graph graph(*system);
          const Outcome outcome = explore(*system, {}, Limits{}, &graph);
          REQUIRE(outcome.statistics.exhausted);
          CHECK(violated_safety(model, outcome) == plain.violated);
          if (!fuse) CHECK(places_of(*system, graph, layout).places == plain.places);
        }
      },
      every);
  return compared;
}

}  // namespace

TEST_CASE("explorer and interpreter agree on the shipped specs that are small", "[specs]") {
  CHECK(compare_with_interpreter(1'500, 5) > 2);
}

TEST_CASE("explorer and interpreter agree on every shipped spec", "[specs][long]") {
  CHECK(compare_with_interpreter(400'000, 1) > 100);
}

TEST_CASE("the solver never contradicts the explorer on a shipped spec", "[specs][long]") {
  int found = 0;
  each_model([&](const model::Model& model) {
    const model::Layout layout(model);
    model::Diagnostics diagnostics;
    const auto system = ground(model, layout, GroundOptions{true}, diagnostics);
    REQUIRE(system);
    constexpr std::size_t kMostStarts = 100'000;  // what more leave open is the solver's alone
    if (count_starts(*system, kMostStarts) >= kMostStarts) return;
    const Outcome exact = explore(*system, {}, Limits{});
    REQUIRE(exact.statistics.exhausted);
    std::size_t nearest = 12;
    for (const Finding& f : exact.findings)
      if (f.index >= 0 && f.verdict == Verdict::Violated && f.run)
        nearest = std::max(nearest, std::min<std::size_t>(f.run->steps.size(), 40));
    Limits limits;  // deep runs are the explorer's; what the solver finds in time has to be right
    limits.bound = static_cast<int>(nearest);
    limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    Outcome bounded = check_smt(*system, {}, limits);
    const std::set<int> expected = violated_safety(model, exact);
    for (Finding& f : bounded.findings) {
      if (f.index < 0 || model.properties[f.index].kind != model::PropertyKind::Safety) continue;
      INFO(f.property);
      if (f.verdict == Verdict::Holds) CHECK(expected.count(f.index) == 0);
      if (f.verdict != Verdict::Violated) continue;
      CHECK(expected.count(f.index) == 1);
      REQUIRE(f.run);
      CHECK(replay(model, layout, *f.run, f.index) == "");
      ++found;
      for (const Finding& e : exact.findings)
        if (e.index == f.index && e.run) {
          CHECK(f.run->weight >= e.run->weight);
          if (f.shortest) CHECK(f.run->weight == e.run->weight);
        }
    }
  });
  CHECK(found > 10);
}

}  // namespace luproof::checker
