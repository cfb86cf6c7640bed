// SPDX-License-Identifier: GPL-2.0-or-later
// The SMT engine against every run there is, on small systems of random terms.
#include <map>
#include <random>
#include <set>

#include "tests/checker/smt_fixture.h"

namespace luproof::checker {
namespace {

constexpr int kBound = 7;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::mt19937 engine_;
};

Term random_truth(Made& made, Dice& dice, int depth);

Term random_number(Made& made, Dice& dice, int depth) {
  Terms& t = made.system.terms;
  if (depth == 0 || dice.one_in(4)) {
    if (dice.one_in(3)) return made.number(dice.below(13) - 5);
    return made.cell(dice.below(static_cast<int>(made.model.cells.size())));
  }
  const auto kid = [&] { return random_number(made, dice, depth - 1); };
  switch (dice.below(4)) {
    case 0:
      return t.add(kid(), kid());
    case 1:
      return t.sub(kid(), kid());
    case 2:
      return t.mul(kid(), kid());
    default:
      return t.ite(random_truth(made, dice, depth - 1), kid(), kid());
  }
}

Term random_truth(Made& made, Dice& dice, int depth) {
  Terms& t = made.system.terms;
  const auto kid = [&] { return random_truth(made, dice, depth - 1); };
  switch (depth == 0 ? dice.below(2) : dice.below(6)) {
    case 0:
      return t.lt(random_number(made, dice, depth), random_number(made, dice, depth));
    case 1:
      return t.eq(random_number(made, dice, depth), random_number(made, dice, depth));
    case 2:
      return t.negate(kid());
    case 3:
      return t.disj(kid(), kid());
    case 4:
      return t.ite(kid(), kid(), kid());
    default:
      return t.conj(kid(), kid());
  }
}

// A term for a cell, kept in its range.
std::pair<int, Term> random_update(Made& made, Dice& dice) {
  const int cell = dice.below(static_cast<int>(made.model.cells.size()));
  const SlotRange range = made.system.slots[made.slot(cell)];
  Terms& t = made.system.terms;
  const Term value = random_number(made, dice, dice.below(3));
  const Term low = made.number(range.low), high = made.number(range.high);
  return {cell, t.ite(t.lt(value, low), low, t.ite(t.lt(high, value), high, value))};
}

std::unique_ptr<Made> random_system(Dice& dice) {
  const std::vector<SlotRange> shapes = {{0, 1}, {-3, 4}, {5, 9}, {0, 6}, {-1, 0}, {-7, -2}};
  std::vector<SlotRange> cells;
  for (int i = 2 + dice.below(3); i > 0; --i) cells.push_back(shapes[dice.below(6)]);
  const int points = 4;
  auto made = std::make_unique<Made>(cells, 2, points);
  System& s = made->system;
  for (int i = 3 + dice.below(5); i > 0; --i) {
    const Term guard = dice.one_in(2) ? made->number(1) : random_truth(*made, dice, dice.below(3));
    std::vector<std::pair<int, Term>> updates = {random_update(*made, dice)};
    const auto second = random_update(*made, dice);
    if (second.first != updates[0].first && dice.one_in(3)) updates.push_back(second);
    const int weight = dice.below(3);
    const int from = dice.below(points);
    const int to = std::min(points - 1, from + 1 + dice.below(2));
    Transition& t = dice.one_in(3) ? made->step(guard, updates, weight)
                                   : made->move(dice.below(2), dice.one_in(2) ? 0 : from, to, guard,
                                                updates, weight);
    if (dice.one_in(4)) t.checks.push_back({1, random_truth(*made, dice, 2)});
    if (dice.one_in(6)) {
      t.updates.clear();
      t.fault = Fault::DoubleAppend;
    } else if (dice.one_in(12)) {
      t.exhausted = true;
      t.checks.clear();
    }
  }
  made->never(random_truth(*made, dice, 2), "in states");
  made->never(-1, "by steps");
  s.initial[made->slot(0)].reset();  // free
  if (dice.one_in(3)) {
    s.initial[made->slot(1)].reset();
    auto [cell, term] = random_update(*made, dice);
    std::vector<char> support(s.slots.size(), 0);
    s.terms.support(term, support);
    if (cell != 0 && !support[made->slot(cell)] && !support[made->slot(1)])
      s.initial_terms.emplace_back(made->slot(cell), term);
  }
  if (dice.one_in(3))
    s.assumptions.push_back(s.terms.lt(made->number(dice.below(4) - 2), made->cell(0)));
  if (dice.one_in(3))
    s.starts = {{{s.point_slot[0], 1}}, {{s.point_slot[0], 2}, {s.point_slot[1], 1}}};
  return made;
}

std::vector<State> all_starts(const System& s) {
  std::vector<State> states = {State(s.slots.size(), 0)};
  for (std::size_t i = 0; i < s.slots.size(); ++i) {
    std::vector<State> next;
    const SlotRange range = s.initial[i] ? SlotRange{*s.initial[i], *s.initial[i]} : s.slots[i];
    for (State state : states)
      for (Value v = range.low; v <= range.high; ++v) {
        state[i] = v;
        next.push_back(state);
      }
    states = std::move(next);
  }
  std::set<State> result;
  for (const State& state : states) {
    State full = state;
    for (const auto& [slot, term] : s.initial_terms) full[slot] = s.terms.evaluate(term, state);
    bool allowed = true;
    for (const Term a : s.assumptions) allowed = allowed && s.terms.evaluate(a, full) != 0;
    if (!allowed) continue;
    for (const auto& start : s.starts) {
      State one = full;
      for (const auto& [slot, value] : start) one[slot] = value;
      result.insert(one);
    }
    if (s.starts.empty()) result.insert(full);
  }
  return {result.begin(), result.end()};
}

struct Expected {
  std::map<std::string, std::set<std::pair<int, int>>> found;  // (weight, steps)
  bool goes_on = false, exhausted = false, starts = false;
};

Expected every_run(const Made& made) {
  const System& s = made.system;
  Expected e;
  std::map<State, std::set<int>> layer;
  for (const State& state : all_starts(s)) layer[state] = {0};
  e.starts = !layer.empty();
  for (int k = 0; k <= kBound; ++k) {
    std::map<State, std::set<int>> next;
    for (const auto& [state, weights] : layer)
      for (const int weight : weights) {
        if (s.terms.evaluate(s.bad[0], state)) e.found["in states"].emplace(weight, k);
        for (const Transition& t : s.transitions) {
          if (!s.terms.evaluate(t.guard, state)) continue;
          e.exhausted = e.exhausted || t.exhausted;
          if (t.exhausted) continue;
          e.goes_on = e.goes_on || k == kBound;
          if (k == kBound) continue;
          if (t.fault != Fault::None) {
            e.found["double-append"].emplace(weight + t.weight, k + 1);
            continue;
          }
          for (const StepCheck& check : t.checks)
            if (s.terms.evaluate(check.bad, state))
              e.found["by steps"].emplace(weight + t.weight, k + 1);
          State after = state;
          for (const auto& [slot, term] : t.updates) after[slot] = s.terms.evaluate(term, state);
          next[after].insert(weight + t.weight);
        }
      }
    layer = std::move(next);
  }
  return e;
}

void compare(Made& made, std::map<Verdict, int>& seen) {
  const Expected expected = every_run(made);
  const Outcome outcome = made.check(kBound);
  for (const std::string name : {"in states", "by steps", "double-append"}) {
    const auto found = expected.found.find(name);
    const bool built_in = name == std::string("double-append");
    INFO(name);
    if (found == expected.found.end()) {
      if (built_in) {
        for (const Finding& f : outcome.findings) CHECK(f.property != name);
        continue;
      }
      const Verdict verdict = !expected.starts                         ? Verdict::Vacuous
                              : expected.goes_on || expected.exhausted ? Verdict::Unknown
                                                                       : Verdict::Holds;
      const Finding& f = finding(outcome, name);
      INFO(f.reason);
      CHECK(f.verdict == verdict);
      ++seen[f.verdict];
      continue;
    }
    const Finding& f = finding(outcome, name);
    REQUIRE(f.verdict == Verdict::Violated);
    ++seen[f.verdict];
    REQUIRE(f.run);
    CHECK(f.run->weight == found->second.begin()->first);
    CHECK(static_cast<int>(f.run->steps.size()) == found->second.begin()->second);
    CHECK(f.shortest);
    CHECK(f.run->states.size() == f.run->steps.size() + (built_in ? 0 : 1));
  }
}

TEST_CASE("the SMT engine finds what a search of all runs finds, in as few steps", "[checker]") {
  std::map<Verdict, int> seen;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    const auto made = random_system(dice);
    compare(*made, seen);
  }
  // The systems are of a kind that says something about every verdict.
  CHECK(seen[Verdict::Violated] > 50);
  CHECK(seen[Verdict::Unknown] > 10);
  CHECK(seen[Verdict::Holds] > 10);
}

}  // namespace
}  // namespace luproof::checker
