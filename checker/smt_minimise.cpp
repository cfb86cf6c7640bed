// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_minimise.h"

#include <map>

namespace luproof::checker::smt {
namespace {

// Counts visible steps in unary, as far as `most`: literal n is true if the run has more than n.
// Only that direction is said, since only upper bounds are asked for.
std::vector<Lit> count_weight(const System& system, Unroller& unroller, int frames, int most) {
  Circuit& circuit = unroller.circuit();
  std::vector<Lit> count(most, kFalse);
  for (int frame = 0; frame < frames; ++frame) {
    std::map<int, std::vector<Lit>> by_weight;
    for (const Taken& taken : unroller.taken(frame))
      if (const int weight = system.transitions[taken.transition].weight; weight > 0)
        by_weight[weight].push_back(taken.lit);
    if (by_weight.empty()) continue;
    std::vector<Lit> next(most);
    for (int n = 0; n < most; ++n) {
      next[n] = circuit.fresh();
      circuit.clause({-count[n], next[n]});
    }
    for (const auto& [weight, lits] : by_weight) {
      const Lit now = circuit.any(lits);
      for (int n = 0; n < most; ++n) {
        const Lit before = n < weight ? kTrue : count[n - weight];
        circuit.clause({-now, -before, next[n]});
      }
    }
    count = std::move(next);
  }
  return count;
}

}  // namespace

Minimal minimise(System& system, Unroller& unroller, const Target& target, Path path, int frames,
                 std::chrono::steady_clock::time_point until) {
  Circuit& circuit = unroller.circuit();
  const int fewest_steps = path.steps();
  const int first_weight = path.weight;
  Minimal best{std::move(path), false};
  if (first_weight == 0 || frames < fewest_steps) {
    best.proved = first_weight == 0;
    return best;
  }
  while (unroller.last() < frames) {
    if (std::chrono::steady_clock::now() > until || !circuit.stopped_by().empty()) return best;
    unroller.extend_to(unroller.last() + 1);
  }
  const std::vector<Lit> more_than = count_weight(system, unroller, frames, first_weight);
  const Lit bad = reached_within(unroller, target, frames);
  while (best.path.weight > 0) {
    const Answer answer = circuit.check({bad, -more_than[best.path.weight - 1]}, until);
    if (answer == Answer::Stopped) return best;
    if (answer == Answer::Unsat) break;
    auto lighter = read_path(system, unroller, circuit, target);
    if (!lighter || lighter->weight >= best.path.weight) return best;
    best.path = std::move(*lighter);
  }
  // The shortest of those, which the step before last has only found by chance.
  for (int steps = fewest_steps; steps < best.path.steps(); ++steps) {
    std::vector<Lit> wanted = {reached(unroller, target, steps)};
    if (best.path.weight < first_weight) wanted.push_back(-more_than[best.path.weight]);
    const Answer answer = circuit.check(wanted, until);
    if (answer == Answer::Stopped) return best;
    if (answer == Answer::Unsat) continue;
    auto shorter = read_path(system, unroller, circuit, target);
    if (!shorter || shorter->weight > best.path.weight) return best;
    best.path = std::move(*shorter);
  }
  best.proved = true;
  return best;
}

}  // namespace luproof::checker::smt
