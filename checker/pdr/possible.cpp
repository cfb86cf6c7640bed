// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/possible.h"

#include <algorithm>
#include <deque>
#include <set>

namespace luproof::checker::pdr {
namespace {

class Search {
 public:
  Search(System& system, const smt::Demands& demands, const Limits& limits)
      : s_(system), demands_(demands), limits_(limits), seen_(system.terms.size(), 0) {
    result_.step.assign(s_.transitions.size(), 0);
    waiting_.assign(s_.transitions.size(), 0);
    readers_.resize(s_.slots.size());
  }

  Possible run() {
    begin();
    result_.first = result_.values;
    for (std::size_t t = 0; t < s_.transitions.size(); ++t) read(static_cast<int>(t));
    for (const int t : s_.anywhere) wake(t);
    for (std::size_t i = 0; i < s_.at.size(); ++i)
      arrive(static_cast<int>(i), result_.values[s_.point_slot[i]]);
    std::size_t looked = 0;
    while (!open_.empty()) {
      if ((++looked & 0xff) == 0 && limits_.expired()) return std::move(result_);
      // First come, first served: a guard over all devices is not looked at once for each of them.
      const int t = open_.front();
      open_.pop_front();
      waiting_[t] = 0;
      take(t);
    }
    result_.leaving.assign(leaving_.begin(), leaving_.end());
    result_.complete = true;
    return std::move(result_);
  }

 private:
  void begin();
  void read(int transition);
  void take(int transition);
  void arrive(int instance, const Values& points);
  void write(int slot, const Values& values);
  void wake(int transition) {
    if (waiting_[transition] == 0) open_.push_back(transition);
    waiting_[transition] = 1;
  }

  System& s_;
  const smt::Demands& demands_;
  const Limits& limits_;
  Possible result_;
  std::vector<std::vector<int>> readers_;  // of slots; of an actor's own point: nobody
  std::deque<int> open_;
  std::vector<char> waiting_;
  std::vector<int> seen_;  // terms, by transition + 1
  std::set<std::pair<int, int>> leaving_;
};

void Search::begin() {
  std::vector<Values>& values = result_.values;
  values.resize(s_.slots.size());
  for (std::size_t s = 0; s < s_.slots.size(); ++s) {
    const SlotRange range = s_.at_start(static_cast<int>(s));
    // Control is never free: what nobody sets is at its lowest value.
    const bool control = s >= static_cast<std::size_t>(s_.data_slots());
    if (s_.initial[s] || control)
      values[s] = {s_.initial[s].value_or(range.low)};
    else
      values[s] = smt::in_range(range.low, range.high);
  }
  std::set<int> started;
  for (const auto& start : s_.starts)
    for (const auto& [slot, value] : start)
      if (started.insert(slot).second)
        values[slot] = {value};
      else
        smt::join(values[slot], {value});
  // A start that does not set what another one sets leaves it as it was.
  for (const int slot : started)
    for (const auto& start : s_.starts)
      if (std::none_of(start.begin(), start.end(), [&](const auto& u) { return u.first == slot; }))
        smt::join(values[slot], {s_.initial[slot].value_or(s_.slots[slot].low)});
  const std::vector<Values> given = values;
  smt::Simplifier simplify(s_.terms, given);
  for (const auto& [slot, term] : s_.initial_terms) values[slot] = simplify.values(term);
}

void Search::read(int transition) {
  const Transition& t = s_.transitions[transition];
  const int own = t.instance < 0 ? -1 : s_.point_slot[t.instance];
  std::vector<Term> stack = {t.guard};
  for (const auto& [slot, term] : t.updates) stack.push_back(term);
  while (!stack.empty()) {
    const Term at = stack.back();
    stack.pop_back();
    if (at < 0) continue;
    if (static_cast<std::size_t>(at) >= seen_.size()) seen_.resize(s_.terms.size(), 0);
    if (seen_[at] == transition + 1) continue;
    seen_[at] = transition + 1;
    const TermNode& node = s_.terms[at];
    if (node.op == TermOp::Slot && node.value != own) readers_[node.value].push_back(transition);
    stack.insert(stack.end(), {node.a, node.b, node.c});
  }
}

void Search::arrive(int instance, const Values& points) {
  if (points.empty()) {
    for (const auto& all : s_.at[instance])
      for (const int t : all) wake(t);
    return;
  }
  for (const Value point : points)
    if (static_cast<std::size_t>(point) < s_.at[instance].size())
      for (const int t : s_.at[instance][point]) wake(t);
}

void Search::write(int slot, const Values& values) {
  const Values before = result_.values[slot];
  smt::join(result_.values[slot], values);
  if (result_.values[slot] == before) return;
  for (const int t : readers_[slot]) wake(t);
  const auto own = std::find(s_.point_slot.begin(), s_.point_slot.end(), slot);
  if (own == s_.point_slot.end()) return;
  Values fresh;
  if (!result_.values[slot].empty())
    std::set_difference(result_.values[slot].begin(), result_.values[slot].end(), before.begin(),
                        before.end(), std::back_inserter(fresh));
  arrive(static_cast<int>(own - s_.point_slot.begin()), fresh);
}

void Search::take(int transition) {
  const Transition& t = s_.transitions[transition];
  const auto narrowed = demands_.narrowed(transition, result_.values);
  if (!narrowed) return;
  smt::Simplifier simplify(s_.terms, result_.values);
  for (const auto& [slot, values] : *narrowed) simplify.narrow(slot, values);
  const Values guard = simplify.values(t.guard);
  if (guard.size() == 1 && guard[0] == 0) return;
  result_.step[transition] = 1;
  if (t.fault != Fault::None || t.exhausted) return;
  std::vector<std::pair<int, Values>> after;
  for (const auto& [slot, term] : t.updates) {
    const SlotRange range = s_.slots[slot];
    Values values = simplify.values(term);
    if (values.empty()) {
      const TermNode& node = s_.terms[term];
      if (node.low < range.low || node.high > range.high) leaving_.emplace(transition, slot);
      values = smt::in_range(range.low, range.high);
    } else if (std::erase_if(values, [&](Value v) { return v < range.low || v > range.high; })) {
      leaving_.emplace(transition, slot);
      if (values.empty()) continue;
    }
    after.emplace_back(slot, std::move(values));
  }
  for (auto& [slot, values] : after) write(slot, std::move(values));
}

}  // namespace

Possible possible_values(System& system, const smt::Demands& demands, const Limits& limits) {
  return Search(system, demands, limits).run();
}

}  // namespace luproof::checker::pdr
