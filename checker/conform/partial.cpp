// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/conform/partial.h"

#include <algorithm>

namespace luproof::checker {

Partial::Partial(System& system) : system_(system) {
  is_lazy_.assign(system.slots.size(), 0);
  assumed_.assign(system.slots.size(), 0);
  for (const Term a : system.assumptions) system.terms.support(a, assumed_);
  std::vector<char> follows(system.slots.size(), 0);
  for (const auto& [slot, value] : system.initial_terms)
    follows[static_cast<std::size_t>(slot)] = 1;
  for (int slot = 0; slot < system.data_slots(); ++slot) {
    if (system.initial[slot] || follows[static_cast<std::size_t>(slot)]) continue;
    lazy_.push_back(slot);
    is_lazy_[static_cast<std::size_t>(slot)] = 1;
    ++system.slots[slot].high;
  }
  // The system is given back as it was, when the last copy is gone.
  room_ = std::shared_ptr<void>(nullptr, [&system, slots = lazy_](void*) {
    for (const int slot : slots) --system.slots[slot].high;
  });
}

bool Partial::open(const State& state) const {
  return std::any_of(lazy_.begin(), lazy_.end(), [&](int s) { return unsettled(s, state); });
}

void Partial::look_at(const State& state) {
  state_ = &state;
  stamp_.resize(system_.terms.size(), 0);
  value_.resize(system_.terms.size());
  known_.resize(system_.terms.size());
  ++now_;
}

std::optional<Value> Partial::value(Term t) {
  const auto i = static_cast<std::size_t>(t);
  if (stamp_[i] != now_) {
    const TermNode n = system_.terms[t];
    const auto found = evaluate(n);
    stamp_[i] = now_;
    known_[i] = found.has_value();
    value_[i] = found.value_or(0);
  }
  return known_[i] ? std::optional<Value>(value_[i]) : std::nullopt;
}

std::optional<Value> Partial::evaluate(const TermNode& n) {
  if (n.op == TermOp::Const) return n.value;
  if (n.op == TermOp::Slot)
    return unsettled(n.value, *state_) ? std::nullopt : std::optional<Value>((*state_)[n.value]);
  const auto a = value(n.a);
  if (n.op == TermOp::Not) return a ? std::optional<Value>(!*a) : std::nullopt;
  if (n.op == TermOp::Shift) return a ? std::optional<Value>(*a >> n.value) : std::nullopt;
  if (n.op == TermOp::And && a && !*a) return 0;
  if (n.op == TermOp::Or && a && *a) return 1;
  if (n.op == TermOp::Ite) {
    if (a) return value(*a ? n.b : n.c);
    const auto b = value(n.b), c = value(n.c);
    return b && c && *b == *c ? b : std::nullopt;
  }
  const auto b = value(n.b);
  if (n.op == TermOp::And && b && !*b) return 0;
  if (n.op == TermOp::Or && b && *b) return 1;
  if (!a || !b) return std::nullopt;
  switch (n.op) {
    case TermOp::And:
      return *a && *b;
    case TermOp::Or:
      return *a || *b;
    case TermOp::Eq:
      return *a == *b;
    case TermOp::Lt:
      return *a < *b;
    case TermOp::Add:
      return *a + *b;
    case TermOp::Sub:
      return *a - *b;
    default:
      return *a * *b;
  }
}

int Partial::hangs_on(Term t) {
  while (true) {
    const TermNode n = system_.terms[t];
    if (n.op == TermOp::Slot) return n.value;
    for (const Term kid : {n.a, n.b, n.c})
      if (kid >= 0 && !value(kid)) {
        t = kid;
        break;
      }
  }
}

bool Partial::allowed(const State& state) {
  look_at(state);
  return std::all_of(system_.assumptions.begin(), system_.assumptions.end(),
                     [&](Term a) { return value(a).value_or(1) != 0; });
}

std::vector<State> Partial::settled(const State& state, int slot) {
  std::vector<State> all;
  const SlotRange range = system_.at_start(slot);
  const Value top = std::min(range.high, system_.slots[slot].high - 1);
  for (Value v = range.low; v <= top; ++v) {
    all.push_back(state);
    all.back()[static_cast<std::size_t>(slot)] = v;
    if (!allowed(all.back())) all.pop_back();
  }
  return all;
}

// Slots that follow from the first values.
void Partial::finish(State& state) {
  const State before = state;
  look_at(before);
  for (const auto& [slot, term] : system_.initial_terms)
    state[static_cast<std::size_t>(slot)] = value(term).value_or(0);
}

std::optional<std::vector<State>> Partial::starts(std::size_t limit) {
  State first(system_.slots.size(), 0);
  for (std::size_t s = 0; s < first.size(); ++s)
    first[s] = is_lazy_[s] ? system_.slots[s].high : system_.initial[s].value_or(0);
  std::vector<State> open = {first}, done;
  // Settled at once: what other first values follow from, and what assumptions say of values that
  // do not stay what they were.
  const auto given = [&](int slot) {
    const model::Component& c = system_.layout->component_of(slot);
    return c.part == model::Part::Value && system_.model->cells[c.owner].life == model::Life::Given;
  };
  while (!open.empty()) {
    const State state = std::move(open.back());
    open.pop_back();
    if (open.size() + done.size() > limit) return std::nullopt;
    look_at(state);
    int slot = -1;
    for (const auto& [follows, term] : system_.initial_terms)
      if (slot < 0 && !value(term)) slot = hangs_on(term);
    for (const int s : lazy_)
      if (slot < 0 && unsettled(s, state) && assumed_[static_cast<std::size_t>(s)] && !given(s))
        slot = s;
    if (slot < 0) {
      done.push_back(state);
      finish(done.back());
    } else {
      for (State& next : settled(state, slot)) open.push_back(std::move(next));
    }
  }
  std::vector<State> all;
  for (const State& state : done)
    for (const auto& start : system_.starts) {
      all.push_back(state);
      for (const auto& [slot, value] : start) all.back()[static_cast<std::size_t>(slot)] = value;
      if (all.size() > limit) return std::nullopt;
    }
  return all;
}

std::optional<State> Partial::complete(const State& state) {
  const auto next =
      std::find_if(lazy_.begin(), lazy_.end(), [&](int slot) { return unsettled(slot, state); });
  if (next == lazy_.end()) return allowed(state) ? std::optional<State>(state) : std::nullopt;
  for (const State& one : settled(state, *next))
    if (auto full = complete(one)) return full;
  return std::nullopt;
}

}  // namespace luproof::checker
