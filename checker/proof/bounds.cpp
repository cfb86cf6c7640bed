// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/bounds.h"

#include <algorithm>
#include <deque>

namespace luproof::checker::proof {
namespace {

using smt::Values;

class Fixpoint {
 public:
  explicit Fixpoint(System& system) : s_(system), demands_(system) {}

  Bounds run() {
    bounds_.steps.resize(s_.transitions.size());
    waiting_.assign(s_.transitions.size(), 1);
    readers_.resize(s_.slots.size());
    for (std::size_t t = 0; t < s_.transitions.size(); ++t) {
      for (const int slot : reads(s_.transitions[t])) readers_[slot].push_back(static_cast<int>(t));
      open_.push_back(static_cast<int>(t));
    }
    start();
    while (!open_.empty()) {
      const int t = open_.front();
      open_.pop_front();
      waiting_[t] = 0;
      take(t);
    }
    return std::move(bounds_);
  }

 private:
  std::vector<int> reads(const Transition& t) const {
    std::vector<char> support(s_.slots.size(), 0);
    s_.terms.support(t.guard, support);
    for (const auto& [slot, term] : t.updates) s_.terms.support(term, support);
    std::vector<int> slots;
    for (std::size_t s = 0; s < support.size(); ++s)
      if (support[s]) slots.push_back(static_cast<int>(s));
    return slots;
  }

  void start() {
    auto& values = bounds_.values;
    values.resize(s_.slots.size());
    std::vector<char> given(s_.slots.size(), 0);
    for (const auto& [slot, term] : s_.initial_terms) given[slot] = 1;
    for (std::size_t s = 0; s < values.size(); ++s) {
      const SlotRange range = s_.at_start(static_cast<int>(s));
      // Control is never free: what no start sets is at its lowest value.
      const bool control = s >= static_cast<std::size_t>(s_.data_slots());
      if (given[s]) continue;
      if (s_.initial[s] || control)
        values[s] = {s_.initial[s].value_or(range.low)};
      else
        values[s] = smt::in_range(range.low, range.high);
    }
    for (std::size_t i = 0; i < s_.starts.size(); ++i)
      for (const auto& [slot, value] : s_.starts[i])
        if (i == 0 &&
            std::all_of(s_.starts.begin(), s_.starts.end(), [&, at = slot](const auto& o) {
              return std::any_of(o.begin(), o.end(), [&](const auto& u) { return u.first == at; });
            }))
          values[slot] = {value};
        else
          smt::join(values[slot], {value});
    smt::Simplifier simplify(s_.terms, values);
    std::vector<std::pair<int, Values>> derived;
    for (const auto& [slot, term] : s_.initial_terms)
      derived.emplace_back(slot, simplify.values(term));
    for (auto& [slot, some] : derived) values[slot] = whole(slot, std::move(some));
  }

  Values whole(int slot, Values some) const {
    return some.empty() ? smt::in_range(s_.slots[slot].low, s_.slots[slot].high) : std::move(some);
  }

  void take(int t) {
    const Transition& transition = s_.transitions[t];
    auto narrowed = demands_.narrowed(t, bounds_.values);
    if (!narrowed) return;
    smt::Simplifier simplify(s_.terms, bounds_.values);
    const Term guard = simplify(transition.guard);
    if (s_.terms.is_false(guard)) return;
    // What the guard says of a slot alone holds for the updates too.
    smt::Simplifier own(s_.terms, bounds_.values);
    for (auto& [slot, values] : *narrowed) own.narrow(slot, std::move(values));
    Bounds::Step step{true, guard, {}, {}};
    for (const auto& [slot, term] : transition.updates) {
      step.updates.emplace_back(slot, own(term));
      step.after.push_back(own.values(term));
    }
    bounds_.steps[t] = std::move(step);
    if (transition.fault != Fault::None || transition.exhausted) return;
    for (std::size_t u = 0; u < transition.updates.size(); ++u) {
      const int slot = transition.updates[u].first;
      Values joined = bounds_.values[slot];
      if (joined.empty()) continue;  // any value already
      smt::join(joined, whole(slot, bounds_.steps[t].after[u]));
      if (joined == bounds_.values[slot]) continue;
      bounds_.values[slot] = std::move(joined);
      for (const int reader : readers_[slot])
        if (!waiting_[reader]) {
          waiting_[reader] = 1;
          open_.push_back(reader);
        }
    }
  }

  System& s_;
  smt::Demands demands_;
  Bounds bounds_;
  std::vector<std::vector<int>> readers_;  // of slots: transitions
  std::deque<int> open_;
  std::vector<char> waiting_;
};

}  // namespace

Bounds bounds_of(System& system) { return Fixpoint(system).run(); }

}  // namespace luproof::checker::proof
