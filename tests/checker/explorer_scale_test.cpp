// SPDX-License-Identifier: GPL-2.0-or-later
// The explorer on state spaces of known size. The counts are those of TLC, Rumur, SPIN and a small
// explorer written for this one model (bench/peers/README.md).
#include <catch2/catch.hpp>

#include "checker/explorer/explorer.h"
#include "tests/checker/lifecycle.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

struct Size {
  int devices;
  std::size_t states, transitions;
  int levels;
};

void has_size(const Size& size, bool symmetry) {
  INFO(size.devices << " devices");
  const auto model = load_text(lifecycle(size.devices));
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  const auto system = ground(*model, layout, {}, diagnostics);
  REQUIRE(system);
  ExploreOptions options;
  options.symmetry = symmetry;
  const Outcome outcome = explore(*system, options, {});
  const Statistics& st = outcome.statistics;
  CHECK(st.states == size.states);
  CHECK(st.transitions == size.transitions);
  CHECK(st.depth + 1 == size.levels);
  CHECK(st.exhausted);
  CHECK(st.reduced.empty() == !symmetry);
  for (const Finding& f : outcome.findings) CHECK(f.verdict == Verdict::Holds);
}

}  // namespace

TEST_CASE("the states, transitions and levels of a known model are those of other checkers",
          "[checker]") {
  has_size({6, 41'203, 162'708, 25}, false);
  has_size({7, 226'509, 996'809, 28}, false);
  has_size({8, 1'010'179, 4'897'276, 32}, false);
}

TEST_CASE("the largest known model has as many states as others count", "[checker][long]") {
  has_size({10, 25'437'619, 147'239'792, 39}, false);
}

// Transitions with pairs sorted: those of bfs.cpp with its second argument.
TEST_CASE("with pairs exchanged there is one state for each set of pairs", "[checker]") {
  has_size({6, 7'767, 30'743, 25}, true);
  has_size({8, 53'212, 258'176, 32}, true);
  has_size({10, 308'923, 1'785'834, 39}, true);
}

// Threads work on pieces of a level; which of them does what must not be seen.
TEST_CASE("the report is the same at any number of threads", "[checker]") {
  std::string text = lifecycle(6);
  text += "  nobody-waits: {never: \"phase == updated and device.all(d, not d.driver)\"}\n";
  const auto model = load_text(text);
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  const auto system = ground(*model, layout, {}, diagnostics);
  REQUIRE(system);
  for (const bool symmetry : {false, true}) {
    std::vector<Outcome> outcomes;
    for (const int threads : {1, 2, 4}) {
      ExploreOptions options;
      options.symmetry = symmetry;
      options.threads = threads;
      outcomes.push_back(explore(*system, options, {}));
    }
    for (const Outcome& o : outcomes) {
      CHECK(o.statistics.states == outcomes[0].statistics.states);
      CHECK(o.statistics.fired == outcomes[0].statistics.fired);
      REQUIRE(o.findings.size() == outcomes[0].findings.size());
      int violated = 0;
      for (std::size_t f = 0; f < o.findings.size(); ++f) {
        const Finding &a = o.findings[f], &b = outcomes[0].findings[f];
        CHECK(a.verdict == b.verdict);
        CHECK(a.violated_by == b.violated_by);
        REQUIRE(a.run.has_value() == b.run.has_value());
        if (!a.run) continue;
        ++violated;
        CHECK(a.run->steps == b.run->steps);
        CHECK(a.run->states == b.run->states);
      }
      CHECK(violated == 1);
    }
  }
}

}  // namespace luproof::checker
