// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_minimise.h"

#include <map>

namespace luproof::checker::smt {
namespace {

using ByWeight = std::map<int, std::vector<Lit>>;

std::vector<ByWeight> visible_steps(const System& system, const Unroller& unroller, int frames) {
  std::vector<ByWeight> steps(frames);
  for (int frame = 0; frame < frames; ++frame)
    for (const Taken& taken : unroller.taken(frame))
      if (const int weight = system.transitions[taken.transition].weight; weight > 0)
        steps[frame][weight].push_back(taken.lit);
  return steps;
}

// The fault that ends a run, as a last step: a literal for each weight it may have.
ByWeight last_fault(const System& system, Circuit& circuit, Fault fault) {
  ByWeight step;
  for (const Transition& transition : system.transitions)
    if (transition.fault == fault && !step.count(transition.weight))
      step[transition.weight] = {circuit.fresh()};
  return step;
}

// A fault after so many steps, whose weight is counted.
Lit counted_fault(Unroller& unroller, const ByWeight& step, Fault fault, int frame) {
  std::vector<Lit> ways;
  for (const auto& [weight, lits] : step)
    ways.push_back(unroller.circuit().all({lits[0], unroller.faulting(frame - 1, fault, weight)}));
  return unroller.circuit().any(std::move(ways));
}

// Counts visible steps in unary, as far as `most`: literal n is true if the run has more than n.
// Only that direction is said, since only upper bounds are asked for.
std::vector<Lit> count_weight(Circuit& circuit, const std::vector<ByWeight>& steps, int most) {
  std::vector<Lit> count(most, kFalse);
  for (const ByWeight& step : steps) {
    std::vector<Lit> next(most);
    for (int n = 0; n < most; ++n) {
      next[n] = circuit.fresh();
      circuit.clause({-count[n], next[n]});
    }
    for (const auto& [weight, lits] : step) {
      const Lit now = circuit.any(lits);
      for (int n = 0; n < most; ++n)
        circuit.clause({-now, n < weight ? kFalse : -count[n - weight], next[n]});
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
  std::vector<ByWeight> steps = visible_steps(system, unroller, frames);
  const bool fault = target.fault != Fault::None;
  if (fault) steps.push_back(last_fault(system, circuit, target.fault));
  const std::vector<Lit> more_than = count_weight(circuit, steps, first_weight);
  const auto faulting = [&](int frame) {
    return counted_fault(unroller, steps.back(), target.fault, frame);
  };
  const Lit bad = fault ? faulting(frames) : reached_within(unroller, target, frames);
  while (best.path.weight > 0) {
    const Answer answer = circuit.check({bad, -more_than[best.path.weight - 1]}, until);
    if (answer == Answer::Stopped) return best;
    if (answer == Answer::Unsat) break;
    auto lighter = read_path(system, unroller, circuit, target, frames);
    if (!lighter || lighter->weight >= best.path.weight) return best;
    best.path = std::move(*lighter);
  }
  // The shortest of those, which the step before last has only found by chance.
  for (int length = fewest_steps; length < best.path.steps(); ++length) {
    std::vector<Lit> wanted = {reached(unroller, target, length)};
    if (fault) wanted.push_back(faulting(length));
    if (best.path.weight < first_weight) wanted.push_back(-more_than[best.path.weight]);
    const Answer answer = circuit.check(wanted, until);
    if (answer == Answer::Stopped) return best;
    if (answer == Answer::Unsat) continue;
    auto shorter = read_path(system, unroller, circuit, target, length);
    if (!shorter || shorter->weight > best.path.weight) return best;
    best.path = std::move(*shorter);
  }
  best.proved = true;
  return best;
}

}  // namespace luproof::checker::smt
