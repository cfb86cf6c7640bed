// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_unroll.h"

#include <algorithm>
#include <map>

namespace luproof::checker::smt {

struct Unroller::Move {
  int transition = -1;
  Term guard = -1;
  Lit lit = kFalse;
  std::vector<std::pair<int, Term>> updates;  // without those that change nothing
};

struct Unroller::Write {
  Lit lit = kFalse;
  Term term = -1;
};

Unroller::Unroller(System& system, Circuit& circuit)
    : system_(system),
      circuit_(circuit),
      order_(system),
      instance_of_point_(system.slots.size(), -1) {
  for (std::size_t i = 0; i < system.point_slot.size(); ++i)
    instance_of_point_[system.point_slot[i]] = static_cast<int>(i);
  initialise();
}

// Frame 0: constants, free slots in their ranges, one of the starts, and what follows from these.
void Unroller::initialise() {
  frames_.emplace_back();
  Frame& frame = frames_.back();
  const std::size_t slots = system_.slots.size();
  frame.slots.resize(slots);
  frame.known.resize(slots);
  frame.encoder.emplace(circuit_, system_.terms, frame.slots);
  std::vector<char> by_term(slots, 0), by_start(slots, 0);
  for (const auto& [slot, term] : system_.initial_terms) by_term[slot] = 1;
  for (const auto& start : system_.starts)
    for (const auto& [slot, value] : start) by_start[slot] = 1;

  for (std::size_t s = 0; s < slots; ++s) {
    const SlotRange& range = system_.slots[s];
    if (by_term[s]) continue;
    if (system_.initial[s] && !by_start[s]) frame.known[s] = system_.initial[s];
    // Control is never free: what nobody sets is at its lowest value.
    const bool control = s >= static_cast<std::size_t>(system_.data_slots());
    if (range.low == range.high || (control && !by_start[s] && !frame.known[s]))
      frame.known[s] = range.low;
    if (frame.known[s]) {
      frame.slots[s] = constant_word(*frame.known[s]);
      continue;
    }
    frame.slots[s] = fresh_word(circuit_, range.low, range.high);
    circuit_.clause({-less(circuit_, frame.slots[s], constant_word(range.low))});
    circuit_.clause({-less(circuit_, constant_word(range.high), frame.slots[s])});
  }
  begin_at_a_start(frame, by_start);
  for (const auto& [slot, term] : system_.initial_terms) {
    const Term value = simplify(frame, term);
    frame.slots[slot] = frame.encoder->word(value);
    const TermNode& node = system_.terms[value];
    if (node.op == TermOp::Const) frame.known[slot] = node.value;
  }
  // What was simplified so far did not know the latches yet.
  frame.simplified.clear();
  frame.encoder.emplace(circuit_, system_.terms, frame.slots);
  for (const Term assumption : system_.assumptions) circuit_.clause({holds(0, assumption)});
  for (std::size_t i = 0; i < system_.point_slot.size(); ++i)
    frame.reachable.push_back(starting_points(static_cast<int>(i), frame));
}

void Unroller::begin_at_a_start(Frame& frame, const std::vector<char>& by_start) {
  std::vector<Lit> chosen;
  for (const auto& start : system_.starts) {
    chosen.push_back(circuit_.fresh());
    std::vector<char> set(by_start.size(), 0);
    const auto begins = [&](std::size_t slot, Value value) {
      circuit_.clause({-chosen.back(), equal(circuit_, frame.slots[slot], constant_word(value))});
      set[slot] = 1;
    };
    for (const auto& [slot, value] : start) begins(slot, value);
    for (std::size_t s = 0; s < by_start.size(); ++s)
      if (by_start[s] && !set[s]) begins(s, system_.initial[s].value_or(system_.slots[s].low));
  }
  if (!chosen.empty()) circuit_.clause(chosen);
}

std::vector<char> Unroller::starting_points(int instance, const Frame& frame) const {
  const int slot = system_.point_slot[instance];
  std::vector<char> points(system_.slots[slot].high + 1, 0);
  if (frame.known[slot]) points[*frame.known[slot]] = 1;
  for (const auto& start : system_.starts) {
    const auto at = std::find_if(start.begin(), start.end(),
                                 [&](const auto& update) { return update.first == slot; });
    points[at != start.end() ? at->second : system_.initial[slot].value_or(0)] = 1;
  }
  return points;
}

Term Unroller::simplify(Frame& frame, Term term) {
  return system_.terms.substitute(
      term,
      [&](Value slot, Term self) {
        return frame.known[slot] ? system_.terms.constant(*frame.known[slot]) : self;
      },
      frame.simplified);
}

bool Unroller::possible(const Frame& frame, const Transition& transition) const {
  return transition.instance < 0 || transition.from < 0 ||
         frame.reachable[transition.instance].empty() ||
         frame.reachable[transition.instance][transition.from];
}

std::vector<Unroller::Move> Unroller::moves(Frame& frame) {
  std::vector<Move> result;
  for (std::size_t t = 0; t < system_.transitions.size(); ++t) {
    const Transition& transition = system_.transitions[t];
    if (transition.fault != Fault::None || transition.exhausted || !possible(frame, transition))
      continue;
    Move move;
    move.transition = static_cast<int>(t);
    move.guard = simplify(frame, transition.guard);
    if (system_.terms.is_false(move.guard)) continue;
    for (const auto& [slot, term] : transition.updates) {
      const Term value = simplify(frame, term);
      if (value != simplify(frame, system_.slot(slot))) move.updates.emplace_back(slot, value);
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
    std::vector<Lit> guard = frame.encoder->conjuncts(move.guard);
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
    const Lit mover = circuit_.any(group.all);
    movers.push_back(mover);
    // An instance is at one point: moves from different ones exclude each other by their guards.
    for (const auto& [point, lits] : group.by_point) circuit_.at_most_one(lits);
  }
  circuit_.at_most_one(movers);
  frame.active = circuit_.any(movers);
}

void Unroller::advance(Frame& from, Frame& to, const std::vector<Move>& moves) {
  std::map<int, std::vector<Write>> writes;
  for (const Move& move : moves) {
    if (move.lit == kFalse) continue;
    for (const auto& [slot, term] : move.updates) writes[slot].push_back({move.lit, term});
  }
  to.slots = from.slots;
  to.known = from.known;
  to.reachable = from.reachable;
  for (const auto& [slot, list] : writes) {
    write(from, to, slot, list);
    reach(to, slot, list);
  }
}

void Unroller::write(Frame& from, Frame& to, int slot, const std::vector<Write>& writes) {
  const Word& before = from.slots[slot];
  const Word after = fresh_word(circuit_, system_.slots[slot].low, system_.slots[slot].high);
  to.known[slot].reset();
  to.slots[slot] = after;
  std::vector<Lit> writers;
  for (const Write& w : writes) {
    const Word& value = from.encoder->word(w.term);
    writers.push_back(w.lit);
    for (std::size_t i = 0; i < after.size(); ++i) {
      circuit_.clause({-w.lit, -after[i], bit(value, i)});
      circuit_.clause({-w.lit, after[i], -bit(value, i)});
    }
  }
  const Lit written = circuit_.any(writers);  // slots with the same writers share it
  for (std::size_t i = 0; i < after.size(); ++i) {
    circuit_.clause({written, -after[i], bit(before, i)});
    circuit_.clause({written, after[i], -bit(before, i)});
  }
}

void Unroller::reach(Frame& to, int slot, const std::vector<Write>& writes) {
  const int instance = instance_of_point_[slot];
  if (instance < 0) return;
  std::vector<char>& points = to.reachable[instance];
  for (const Write& w : writes) {
    const TermNode& node = system_.terms[w.term];
    if (node.op == TermOp::Const && !points.empty())
      points[node.value] = 1;
    else
      points.clear();  // empty: any
  }
}

void Unroller::extend() {
  Frame& from = frames_.back();
  std::vector<Move> candidates = moves(from);
  select(from, candidates);
  if (frames_.size() > 1) circuit_.clause({-from.active, frames_[frames_.size() - 2].active});
  if (const std::size_t n = frames_.size(); n > 2)
    order_.sort(circuit_, frames_[n - 3].taken, frames_[n - 2].taken, from.active);
  frames_.emplace_back();
  Frame& to = frames_.back();
  advance(from, to, candidates);
  to.encoder.emplace(circuit_, system_.terms, to.slots);
}

void Unroller::extend_to(int frame) {
  while (last() < frame) extend();
}

Lit Unroller::holds(int frame, Term term) {
  if (term < 0) return kFalse;
  Frame& at = frames_[frame];
  return at.encoder->truth(simplify(at, term));
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

Lit Unroller::faulting(int frame, Fault fault, int weight) {
  std::vector<Lit> ways;
  for (const Transition& transition : system_.transitions)
    if (transition.fault == fault && (weight == kAnyWeight || transition.weight == weight) &&
        possible(frames_[frame], transition))
      ways.push_back(holds(frame, transition.guard));
  return circuit_.any(std::move(ways));
}

Lit Unroller::exhausting(int frame) {
  std::vector<Lit> ways;
  for (const Transition& transition : system_.transitions)
    if (transition.exhausted && possible(frames_[frame], transition))
      ways.push_back(holds(frame, transition.guard));
  return circuit_.any(std::move(ways));
}

}  // namespace luproof::checker::smt
