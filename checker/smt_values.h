// SPDX-License-Identifier: GPL-2.0-or-later
// What values the slots can have after exactly k steps, as far as each slot alone tells.
//
// Most of a run is decided before the solver is asked: an actor is at few points after k steps, a
// cell has few values. Sets of values, slot by slot, fold guards and updates to constants and leave
// out transitions, so that the solver sees only what is truly open in a frame.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker::smt {

using Values = std::vector<Value>;  // sorted; empty: any

void join(Values& into, const Values& more);
Values in_range(Value low, Value high);

// Terms as they can be written where the slots have these values.
class Simplifier {
 public:
  Simplifier(Terms& terms, const std::vector<Values>& slots) : terms_(&terms), slots_(&slots) {}
  void narrow(int slot, Values values) { narrowed_[slot] = std::move(values); }
  Term operator()(Term term) { return look(term).term; }
  const Values& values(Term term) { return look(term).values; }

 private:
  struct Known {
    Term term = -1;
    Values values;
  };
  const Known& look(Term term);
  Known compute(Term term);
  Values combine(const TermNode& node);

  Terms* terms_;
  const std::vector<Values>* slots_;
  std::map<int, Values> narrowed_;
  std::unordered_map<Term, Known> known_;
};

// What a transition demands of single slots: the conjuncts of its guard that read only one.
class Demands {
 public:
  explicit Demands(System& system);
  // The slots that the guard narrows, with what is left of them; nullopt if it cannot be true.
  std::optional<std::map<int, Values>> narrowed(int transition,
                                                const std::vector<Values>& slots) const;

 private:
  struct Demand {
    int slot = -1;
    Values allowed;
  };
  std::optional<Demand> demand(System& system, Term conjunct) const;

  std::vector<std::vector<Demand>> demands_;  // of transitions; nothing allowed: never possible
};

std::vector<Term> conjuncts(const Terms& terms, Term term);

}  // namespace luproof::checker::smt
