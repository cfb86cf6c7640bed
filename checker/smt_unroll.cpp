// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_unroll.h"

#include <algorithm>
#include <map>

namespace luproof::checker::smt {

struct Unroller::Move {
  int transition = -1;
  Term guard = -1;
  Lit lit = kFalse;
  std::map<int, Values> after;                // slots whose values it changes or narrows
  std::vector<std::pair<int, Term>> updates;  // without those that change nothing
};

struct Unroller::Write {
  Lit lit = kFalse;
  Term term = -1;
};

Unroller::Unroller(System& system, Circuit& circuit)
    : system_(system), circuit_(circuit), order_(system), demands_(system) {
  initialise();
}

std::vector<Unroller::Move> Unroller::moves(Frame& frame) {
  std::vector<Move> result;
  for (std::size_t t = 0; t < system_.transitions.size(); ++t) {
    const Transition& transition = system_.transitions[t];
    if (transition.fault != Fault::None || transition.exhausted) continue;
    auto narrowed = demands_.narrowed(static_cast<int>(t), frame.values);
    if (!narrowed) continue;
    Move move;
    move.transition = static_cast<int>(t);
    move.guard = (*frame.simplify)(transition.guard);
    if (system_.terms.is_false(move.guard)) continue;
    // What the guard says of a slot alone holds for the updates too.
    Simplifier own(system_.terms, frame.values);
    for (const auto& [slot, values] : *narrowed) own.narrow(slot, values);
    Simplifier& simplify = narrowed->empty() ? *frame.simplify : own;
    move.after = *narrowed;
    for (const auto& [slot, term] : transition.updates) {
      const Term value = simplify(term);
      if (value == simplify(system_.slot(slot))) continue;
      move.updates.emplace_back(slot, value);
      move.after[slot] = simplify.values(term);
    }
    result.push_back(std::move(move));
  }
  return result;
}

// A literal for each move, at most one of them true, each with its guard.
void Unroller::select(Frame& frame, std::vector<Move>& moves) {
  struct Group {
    std::vector<Lit> all;
    std::map<int, std::vector<Lit>> by_point;
  };
  std::map<int, Group> groups;  // of instances; -1: what happens by itself
  for (Move& move : moves) {
    std::vector<Lit> guard;
    for (const Term conjunct : conjuncts(system_.terms, move.guard))
      guard.push_back(frame.encoder->truth(conjunct));
    if (std::find(guard.begin(), guard.end(), kFalse) != guard.end()) continue;
    move.lit = circuit_.fresh();
    for (const Lit lit : guard) circuit_.clause({-move.lit, lit});
    const Transition& transition = system_.transitions[move.transition];
    groups[transition.instance].all.push_back(move.lit);
    groups[transition.instance].by_point[transition.from].push_back(move.lit);
    frame.taken.push_back({move.transition, move.lit});
  }
  std::vector<Lit> movers;
  for (auto& [instance, group] : groups) {
    movers.push_back(circuit_.any(group.all));
    // An instance is at one point: moves from different ones exclude each other by their guards.
    for (const auto& [point, lits] : group.by_point) circuit_.at_most_one(lits);
  }
  circuit_.at_most_one(movers);
  frame.active = circuit_.any(movers);
  std::erase_if(moves, [](const Move& move) { return move.lit == kFalse; });
}

void Unroller::advance(Frame& from, Frame& to, const std::vector<Move>& moves) {
  to.slots.resize(from.slots.size());
  to.values.resize(from.slots.size());
  std::vector<std::vector<Write>> writes(from.slots.size());
  std::vector<std::size_t> touched(from.slots.size(), 0);
  for (const Move& move : moves) {
    for (const auto& [slot, term] : move.updates) writes[slot].push_back({move.lit, term});
    for (const auto& [slot, values] : move.after) {
      if (touched[slot]++ == 0)
        to.values[slot] = values;
      else
        join(to.values[slot], values);
    }
  }
  for (std::size_t s = 0; s < from.slots.size(); ++s) {
    if (touched[s] == 0)
      to.values[s] = from.values[s];
    else if (touched[s] < moves.size())
      join(to.values[s], from.values[s]);
    if (to.values[s].size() == 1)
      to.slots[s] = constant_word(to.values[s][0]);
    else if (writes[s].empty())
      to.slots[s] = from.slots[s];
    else
      to.slots[s] = written(from, static_cast<int>(s), to.values[s], writes[s]);
  }
}

Word Unroller::written(Frame& from, int slot, const Values& values,
                       const std::vector<Write>& writes) {
  const SlotRange range =
      values.empty() ? system_.slots[slot] : SlotRange{values.front(), values.back()};
  const Word& before = from.slots[slot];
  Word after = fresh_word(circuit_, range.low, range.high);
  std::vector<Lit> writers;
  for (const Write& w : writes) {
    const Word& value = from.encoder->word(w.term);
    writers.push_back(w.lit);
    for (std::size_t i = 0; i < after.size(); ++i) {
      circuit_.clause({-w.lit, -after[i], bit(value, i)});
      circuit_.clause({-w.lit, after[i], -bit(value, i)});
    }
  }
  const Lit any = circuit_.any(writers);  // slots with the same writers share it
  for (std::size_t i = 0; i < after.size(); ++i) {
    circuit_.clause({-from.active, any, -after[i], bit(before, i)});
    circuit_.clause({-from.active, any, after[i], -bit(before, i)});
  }
  return after;
}

void Unroller::extend() {
  Frame& from = frames_.back();
  std::vector<Move> candidates = moves(from);
  select(from, candidates);
  circuit_.clause({-from.active, arrives(last())});
  if (const int n = last(); n >= 2)
    order_.sort(circuit_, frames_[n - 2].taken, frames_[n - 1].taken, from.active);
  frames_.emplace_back();
  Frame& to = frames_.back();
  advance(from, to, candidates);
  to.simplify.emplace(system_.terms, to.values);
  to.encoder.emplace(circuit_, system_.terms, to.slots);
}

void Unroller::extend_to(int frame) {
  while (last() < frame) extend();
}

Lit Unroller::holds(int frame, Term term) {
  if (term < 0) return kFalse;
  Frame& at = frames_[frame];
  return at.encoder->truth((*at.simplify)(term));
}

Lit Unroller::step_bad(int frame, int property) {
  if (frame == 0) return kFalse;
  std::vector<Lit> ways;
  for (const Taken& taken : frames_[frame - 1].taken)
    for (const StepCheck& check : system_.transitions[taken.transition].checks)
      if (check.property == property)
        ways.push_back(circuit_.all({taken.lit, holds(frame - 1, check.bad)}));
  return circuit_.any(std::move(ways));
}

template <typename Wanted>
Lit Unroller::possible(int frame, const Wanted& wanted) {
  std::vector<Lit> ways;
  for (std::size_t t = 0; t < system_.transitions.size(); ++t) {
    const Transition& transition = system_.transitions[t];
    if (wanted(transition) && demands_.narrowed(static_cast<int>(t), frames_[frame].values))
      ways.push_back(holds(frame, transition.guard));
  }
  return circuit_.any(std::move(ways));
}

Lit Unroller::faulting(int frame, Fault fault) {
  return possible(frame, [&](const Transition& transition) { return transition.fault == fault; });
}

Lit Unroller::faulting(int frame, Fault fault, std::pair<int, int> weight_and_labels) {
  return possible(frame, [&](const Transition& transition) {
    return transition.fault == fault &&
           std::pair(transition.weight, static_cast<int>(transition.labels.size())) ==
               weight_and_labels;
  });
}

Lit Unroller::exhausting(int frame) {
  return possible(frame, [](const Transition& transition) { return transition.exhausted; });
}

}  // namespace luproof::checker::smt
