// SPDX-License-Identifier: GPL-2.0-or-later
// The circuit of a system against its terms, state by state and step by step, on random specs.
#include <catch2/catch.hpp>

#include <random>
#include <set>

#include "checker/bits/relation.h"
#include "checker/explorer/explorer.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

using bits::Aig;

class Sample {
 public:
  explicit Sample(std::uint64_t seed)
      : model_(*load_text(RandomSpec(seed).text())), layout_(model_) {
    model::Diagnostics diagnostics;
    system_ = ground(model_, layout_, GroundOptions{true}, diagnostics);
    REQUIRE(system_);
    relation_ = bits::relation_of(*system_);
  }

  // Reached states by a random walk: no state is listed that is not one.
  void walk(std::mt19937_64& random, int steps) {
    const auto starts = initial_states(*system_, 10'000);
    if (!starts || starts->empty()) return;
    State state = (*starts)[random() % starts->size()];
    CHECK(holds(state, relation_.initial));
    for (int i = 0; i < steps; ++i) {
      const auto next = look_at(state);
      if (next.empty()) return;
      state = next[random() % next.size()];
    }
  }
  void all_starts() {
    const auto starts = initial_states(*system_, 10'000);
    if (!starts) return;
    const std::set<State> expected(starts->begin(), starts->end());
    for (const State& start : expected)
      for (std::size_t s = 0; s < start.size(); ++s) {
        State other = start;
        if (other[s] == system_->slots[s].high || relation_.slots[s].width == 0) continue;
        ++other[s];
        CHECK(holds(other, relation_.initial) == (expected.count(other) > 0));
      }
  }

 private:
  bool holds(const State& state, bits::Lit lit) {
    auto values = relation_.bits_of(state);
    relation_.aig.evaluate(values);
    return Aig::value(values, lit);
  }

  std::vector<State> look_at(const State& state) {
    const System& s = *system_;
    std::vector<State> result;
    std::map<Fault, bool> faults;
    bool exhausted = false;
    for (const Transition& t : s.transitions) {
      const bool enabled = s.terms.evaluate(t.guard, state) != 0;
      if (t.fault != Fault::None) faults[t.fault] = faults[t.fault] || enabled;
      exhausted = exhausted || (t.exhausted && enabled);
    }
    for (const auto& [fault, possible] : faults)
      CHECK(holds(state, relation_.faults.at(fault)) == possible);
    CHECK(holds(state, relation_.exhausted) == exhausted);
    // Every number of the input, those that are no step included.
    for (std::size_t n = 0; n < std::size_t{1} << relation_.input.size(); ++n) {
      auto values = relation_.bits_of(state);
      relation_.set_input(values, n);
      relation_.aig.evaluate(values);
      const Transition* t =
          n < relation_.steps.size() ? &s.transitions[relation_.steps[n]] : nullptr;
      const bool enabled = t && s.terms.evaluate(t->guard, state) != 0;
      State expected = state;
      if (enabled && !t->exhausted)
        for (const auto& [slot, term] : t->updates) expected[slot] = s.terms.evaluate(term, state);
      CHECK(Aig::value(values, relation_.valid) == (enabled && !t->exhausted));
      const State next = relation_.state_of(relation_.next, values);
      REQUIRE(next == expected);
      for (std::size_t p = 0; p < s.bad.size(); ++p) {
        bool bad = s.bad[p] >= 0 && s.terms.evaluate(s.bad[p], state) != 0;
        if (enabled)
          for (const StepCheck& check : t->checks)
            bad = bad || (check.property == static_cast<int>(p) &&
                          s.terms.evaluate(check.bad, state) != 0);
        CHECK(Aig::value(values, relation_.bad[p]) == bad);
      }
      if (enabled && !t->exhausted) result.push_back(next);
    }
    return result;
  }

  model::Model model_;
  model::Layout layout_;
  std::unique_ptr<System> system_;
  bits::Relation relation_;
};

TEST_CASE("the circuit of a system is total, functional, and does what its terms say",
          "[checker][bits]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    Sample sample(seed);
    sample.all_starts();
    sample.walk(random, 15);
  }
}

}  // namespace
}  // namespace luproof::checker
