// SPDX-License-Identifier: GPL-2.0-or-later
// Two neighbours exchanged, everything has to go the same way.
#include <fmt/format.h>

#include <algorithm>

#include "checker/anynumber/collector.h"
#include "checker/describe.h"

namespace luproof::checker {

State Collector::exchanged(const State& state, int first) const {
  State result(state.size(), 0);
  for (std::size_t slot = 0; slot < state.size(); ++slot) {
    const int to = moves_[first][slot], at = place_[slot];
    const int row = at < 0 ? -1 : number(owner_[slot], at, state[slot]);
    result[to] = row >= 0 ? own_[at][row][owner_[to]]
                          : shape_.moved(static_cast<int>(slot), state[slot], swaps_[first]);
  }
  return result;
}

std::vector<State> Collector::successors(const State& state, std::vector<int>* fired) {
  std::vector<State> all;
  const auto fire = [&](int id) {
    const Transition& t = s_.transitions[id];
    code_[id].run(state, registers_);
    if (!code_[id].at(0, registers_)) return;
    if (fired) fired->push_back(id);
    State next = state;
    for (std::size_t u = 0; u < t.updates.size(); ++u)
      next[t.updates[u].first] = code_[id].at(1 + t.checks.size() + u, registers_);
    if (fired)
      for (std::size_t c = 0; c < t.checks.size(); ++c)
        if (code_[id].at(1 + c, registers_)) out_.bad[t.checks[c].property] = 1;
    // Where a run ends is told apart from every state.
    if (t.fault != Fault::None) next.push_back(static_cast<Value>(t.fault));
    if (t.exhausted) next.push_back(-1);
    all.push_back(std::move(next));
  };
  for (std::size_t i = 0; i < s_.at.size(); ++i)
    for (const int id : s_.at[i][state[s_.point_slot[i]]]) fire(id);
  for (const int id : s_.anywhere) fire(id);
  return all;
}

// Two neighbours exchanged, the same steps are possible and lead to the same states, exchanged.
bool Collector::interchangeable(const State& state) {
  const auto sorted = [&](std::vector<State> all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  };
  bad_.run(state, registers_);
  std::vector<Value> bad;
  for (std::size_t p = 0; p < s_.bad.size(); ++p) bad.push_back(bad_.at(p, registers_));
  for (int m = 0; m + 1 < count_; ++m) {
    const State other = exchanged(state, m);
    bad_.run(other, registers_);
    for (std::size_t p = 0; p < s_.bad.size(); ++p)
      if (bad_.at(p, registers_) != bad[p])
        return stop(fmt::format("'{}' tells them apart", s_.model->properties[p].name),
                    s_.model->properties[p].origin.span);
    std::vector<int> ids;
    std::vector<State> here = successors(state, nullptr), there = successors(other, nullptr);
    for (State& next : here) {
      const bool ends = next.size() > state.size();
      const Value end = next.back();
      if (ends) next.pop_back();
      next = exchanged(next, m);
      if (ends) next.push_back(end);
    }
    here = sorted(std::move(here));
    if (here == sorted(std::move(there))) continue;
    // Which step it is that the other side does not have.
    successors(state, &ids);
    for (const int id : ids) {
      code_[id].run(state, registers_);
      State next = state;
      const Transition& t = s_.transitions[id];
      for (std::size_t u = 0; u < t.updates.size(); ++u)
        next[t.updates[u].first] = code_[id].at(1 + t.checks.size() + u, registers_);
      const State plain = next;
      next = exchanged(next, m);
      const auto all = successors(other, nullptr);
      if (std::find(all.begin(), all.end(), next) != all.end()) continue;
      std::string what;
      std::vector<int> least;
      std::size_t nearest = next.size();
      for (const State& candidate : all) {
        std::vector<int> different;
        for (std::size_t slot = 0; slot < next.size(); ++slot)
          if (next[slot] != candidate[slot]) different.push_back(static_cast<int>(slot));
        if (different.size() >= nearest) continue;
        nearest = different.size();
        what = different[0] < s_.data_slots() ? s_.layout->slot_name(different[0]) : "its control";
        least = std::move(different);
      }
      if (!least.empty() && learn(plain, least)) return false;
      const int stmt = t.labels[0].stmt;
      const model::Span span = stmt < 0 ? s_.model->events[t.labels[0].event].origin.span
                                        : s_.model->statement_by_id[stmt]->span;
      return stop(fmt::format("{} takes them in an order or tells them apart{}",
                              step_text(s_, t, state), what.empty() ? "" : " by " + what),
                  span);
    }
    return stop("a step tells them apart");
  }
  return true;
}

}  // namespace luproof::checker
