// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_minimise.h"

#include <map>

namespace luproof::checker::smt {
namespace {

using BySize = std::map<int, std::vector<Lit>>;

constexpr std::int64_t kMostCounted = 500'000;  // frames by steps; more is not worth the clauses

enum class Measure { Weight, Labels };

int size_of(const Transition& transition, Measure measure) {
  return measure == Measure::Weight ? transition.weight
                                    : static_cast<int>(transition.labels.size());
}

// The ways to end, and how long the runs are that do.
class Ends {
 public:
  Ends(System& system, Unroller& unroller, const Target& target, int first, int frames)
      : system_(system), unroller_(unroller), circuit_(unroller.circuit()), frames_(frames) {
    std::vector<Lit> ways;
    for (int frame = first; frame <= frames; ++frame)
      ways.push_back(target.fault == Fault::None ? reached(unroller, target, frame)
                                                 : fault_after(target.fault, frame));
    bad_ = circuit_.any(std::move(ways));
  }
  Lit bad() const { return bad_; }

  // Counts in unary, as far as `most`: literal n is true if the run measures more than n. Only that
  // direction is said, since only upper bounds are asked for.
  std::vector<Lit> more_than(Measure measure, int most) {
    std::vector<Lit> count(most, kFalse);
    for (int frame = 0; frame < frames_; ++frame) {
      BySize step;
      for (const Taken& taken : unroller_.taken(frame))
        step[size_of(system_.transitions[taken.transition], measure)].push_back(taken.lit);
      add(count, step);
    }
    BySize last;
    for (const auto& [sizes, lit] : faults_)
      last[measure == Measure::Weight ? sizes.first : sizes.second].push_back(lit);
    add(count, last);
    return count;
  }

 private:
  // The fault is no step of a frame: what it measures is chosen by a literal, and then counted.
  Lit fault_after(Fault fault, int frame) {
    std::vector<Lit> ways;
    for (const Transition& transition : system_.transitions) {
      if (transition.fault != fault) continue;
      const auto sizes = std::pair(transition.weight, static_cast<int>(transition.labels.size()));
      auto at = faults_.find(sizes);
      if (at == faults_.end()) at = faults_.emplace(sizes, circuit_.fresh()).first;
    }
    for (const auto& [sizes, lit] : faults_)
      ways.push_back(circuit_.all(
          {lit, unroller_.arrives(frame - 1), unroller_.faulting(frame - 1, fault, sizes)}));
    return circuit_.any(std::move(ways));
  }

  void add(std::vector<Lit>& count, const BySize& step) {
    const int most = static_cast<int>(count.size());
    std::vector<Lit> next(most);
    for (int n = 0; n < most; ++n) {
      next[n] = circuit_.fresh();
      circuit_.clause({-count[n], next[n]});
    }
    for (const auto& [size, lits] : step) {
      if (size == 0) continue;
      const Lit now = circuit_.any(lits);
      for (int n = 0; n < most; ++n)
        circuit_.clause({-now, n < size ? kFalse : -count[n - size], next[n]});
    }
    count = std::move(next);
  }

  System& system_;
  Unroller& unroller_;
  Circuit& circuit_;
  int frames_;
  std::map<std::pair<int, int>, Lit> faults_;
  Lit bad_ = kFalse;
};

}  // namespace

Minimal minimise(System& system, Unroller& unroller, const Target& target, Path path, int frames,
                 std::chrono::steady_clock::time_point until) {
  Circuit& circuit = unroller.circuit();
  const int fewest = path.steps();
  const auto done = [&](const Path& p) { return p.labels <= fewest; };
  Minimal best{std::move(path), false};
  best.certain = best.path.weight == 0 && done(best.path);
  best.proved = best.certain;
  const std::int64_t counted = std::int64_t{best.path.weight + best.path.labels} * frames;
  if (best.certain || frames < fewest || counted > kMostCounted) return best;
  while (unroller.last() < frames) {
    if (std::chrono::steady_clock::now() > until || !circuit.stopped_by().empty()) return best;
    unroller.extend_to(unroller.last() + 1);
  }
  Ends ends(system, unroller, target, fewest, frames);
  const std::vector<Lit> weight = ends.more_than(Measure::Weight, best.path.weight + 1);
  const auto better = [&](const std::vector<Lit>& wanted) {
    const Answer answer = circuit.check(wanted, until);
    if (answer != Answer::Sat) return answer;
    auto found = read_path(system, unroller, circuit, target, frames);
    const auto measure = [](const Path& p) { return std::pair(p.weight, p.labels); };
    if (!found || measure(*found) >= measure(best.path)) return Answer::Stopped;
    best.path = std::move(*found);
    return Answer::Sat;
  };
  Answer answer = Answer::Unsat;
  while (best.path.weight > 0 &&
         (answer = better({ends.bad(), -weight[best.path.weight - 1]})) == Answer::Sat) {
  }
  if (answer == Answer::Stopped) return best;
  const std::vector<Lit> labels = ends.more_than(Measure::Labels, best.path.labels);
  while (!done(best.path) && (answer = better({ends.bad(), -weight[best.path.weight],
                                               -labels[best.path.labels - 1]})) == Answer::Sat) {
  }
  best.proved = answer != Answer::Stopped;
  return best;
}

}  // namespace luproof::checker::smt
