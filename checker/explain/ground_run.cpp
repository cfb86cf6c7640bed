// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explain/ground_run.h"

#include <algorithm>

namespace luproof::checker {
namespace {

constexpr std::size_t kMostStarts = 100'000;
constexpr std::size_t kMostCandidates = 1'000;

struct Candidate {
  State state;
  int by = -1;
  std::size_t parent = 0;
};

bool same_data(const State& full, const State& data) {
  return std::equal(data.begin(), data.end(), full.begin());
}

}  // namespace

std::optional<GroundRun> follow(const System& system, const Run& run) {
  const auto starts = initial_states(system, kMostStarts);
  if (!starts || run.states.empty()) return std::nullopt;
  std::vector<std::vector<Candidate>> levels(1);
  for (const State& start : *starts)
    if (same_data(start, run.states[0])) levels[0].push_back({start, -1, 0});
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    const bool last = i + 1 == run.steps.size();
    const Fault fault = last ? run.fault : Fault::None;
    std::vector<Candidate> next;
    for (std::size_t c = 0; c < levels[i].size() && next.size() < kMostCandidates; ++c) {
      const State& state = levels[i][c].state;
      const int instance = run.steps[i].instance;
      const auto& here =
          instance < 0 ? system.anywhere
                       : system.at[static_cast<std::size_t>(instance)]
                                  [static_cast<std::size_t>(state[system.point_slot[instance]])];
      for (const int id : here) {
        const Transition& t = system.transitions[static_cast<std::size_t>(id)];
        if (t.fault != fault || t.exhausted || !(t.labels[0] == run.steps[i]) ||
            !system.terms.evaluate(t.guard, state))
          continue;
        State after = state;
        for (const auto& [slot, value] : t.updates)
          after[slot] = system.terms.evaluate(value, state);
        if (fault == Fault::None && i + 1 < run.states.size() && !run.states[i + 1].empty() &&
            !same_data(after, run.states[i + 1]))
          continue;
        next.push_back({std::move(after), id, c});
      }
    }
    levels.push_back(std::move(next));
  }
  if (levels.back().empty()) return std::nullopt;
  GroundRun found;
  std::size_t at = 0;
  for (std::size_t i = levels.size(); i-- > 0;) {
    if (i + 1 < levels.size() || run.fault == Fault::None)
      found.states.push_back(levels[i][at].state);
    if (i > 0) found.taken.push_back(levels[i][at].by);
    at = levels[i][at].parent;
  }
  std::reverse(found.states.begin(), found.states.end());
  std::reverse(found.taken.begin(), found.taken.end());
  return found;
}

}  // namespace luproof::checker
