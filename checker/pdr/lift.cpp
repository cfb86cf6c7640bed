// SPDX-License-Identifier: GPL-2.0-or-later
// Lifting: which slots of a state decide that it takes a step into a cube.
//
// Terms are followed from the result down, and only where they decide it: of a conjunction that is
// false one false part, of a choice the branch that was taken. So every state that agrees on what
// was collected gets the same result; no question to the solver is needed.
#include <algorithm>

#include "checker/pdr/steps.h"

namespace luproof::checker::pdr {

void Steps::look_at(const State& state) {
  looking_ = &state;
  ++round_;
  const std::size_t size = system_.terms.size();
  if (value_.size() < size) {
    value_.resize(size);
    known_.resize(size, 0);
    fixed_.resize(size, 0);
    fixed_truth_.resize(size, 0);
  }
  wanted_.clear();
}

Value Steps::look(Term term) {
  const TermNode& n = system_.terms[term];
  if (n.op == TermOp::Const) return n.value;
  if (n.op == TermOp::Slot) return (*looking_)[n.value];
  if (known_[term] == round_) return value_[term];
  const auto wrapped = [](std::int64_t v) { return static_cast<Value>(v); };
  Value result = 0;
  switch (n.op) {
    case TermOp::Const:
    case TermOp::Slot:
      break;
    case TermOp::Not:
      result = look(n.a) == 0;
      break;
    case TermOp::And:
      result = look(n.a) != 0 && look(n.b) != 0;
      break;
    case TermOp::Or:
      result = look(n.a) != 0 || look(n.b) != 0;
      break;
    case TermOp::Eq:
      result = look(n.a) == look(n.b);
      break;
    case TermOp::Lt:
      result = look(n.a) < look(n.b);
      break;
    case TermOp::Add:
      result = wrapped(std::int64_t{look(n.a)} + look(n.b));
      break;
    case TermOp::Sub:
      result = wrapped(std::int64_t{look(n.a)} - look(n.b));
      break;
    case TermOp::Mul:
      result = wrapped(std::int64_t{look(n.a)} * look(n.b));
      break;
    case TermOp::Ite:
      result = look(n.a) != 0 ? look(n.b) : look(n.c);
      break;
    case TermOp::Shift:
      result = look(n.a) >> n.value;
      break;
  }
  known_[term] = round_;
  return value_[term] = result;
}

void Steps::keep(int slot) {
  if (is_live(slot)) wanted_.push_back(atom(slot, (*looking_)[slot]));
}

void Steps::fix_truth(Term term) {
  const TermNode n = system_.terms[term];
  if (n.op != TermOp::And && n.op != TermOp::Or && n.op != TermOp::Not) return fix(term);
  if (fixed_truth_[term] == round_) return;
  fixed_truth_[term] = round_;
  if (n.op == TermOp::Not) return fix_truth(n.a);
  const bool one_is_enough = (look(term) != 0) == (n.op == TermOp::Or);
  if (!one_is_enough) {
    fix_truth(n.a);
    return fix_truth(n.b);
  }
  const bool decides = n.op == TermOp::Or;
  const bool a = (look(n.a) != 0) == decides, b = (look(n.b) != 0) == decides;
  const auto done = [&](Term t) { return fixed_truth_[t] == round_ || fixed_[t] == round_; };
  // What was fixed already costs nothing; else the part that was there first, which is smaller.
  if (a && (!b || done(n.a) || (!done(n.b) && n.a < n.b)))
    fix_truth(n.a);
  else
    fix_truth(n.b);
}

void Steps::fix(Term term) {
  const TermNode n = system_.terms[term];
  if (n.op == TermOp::Const || fixed_[term] == round_) return;
  fixed_[term] = round_;
  switch (n.op) {
    case TermOp::Const:
      break;
    case TermOp::Slot:
      keep(n.value);
      break;
    case TermOp::Not:
    case TermOp::And:
    case TermOp::Or:
      fix_truth(term);
      break;
    case TermOp::Ite:
      fix_truth(n.a);
      fix(look(n.a) != 0 ? n.b : n.c);
      break;
    case TermOp::Eq: {
      const TermNode x = system_.terms[n.a], y = system_.terms[n.b];
      const TermNode& slot = x.op == TermOp::Slot ? x : y;
      const TermNode& other = x.op == TermOp::Slot ? y : x;
      if (slot.op == TermOp::Slot && other.op == TermOp::Const && look(term) == 0) {
        // That it has another value is enough.
        if (is_live(slot.value)) wanted_.push_back(-atom(slot.value, other.value));
        break;
      }
      fix(n.a);
      fix(n.b);
      break;
    }
    case TermOp::Lt:
    case TermOp::Add:
    case TermOp::Sub:
    case TermOp::Mul:
      fix(n.a);
      fix(n.b);
      break;
    case TermOp::Shift:
      fix(n.a);
      break;
  }
}

// Sorted, without what a whole value of the same slot says already.
Cube Steps::collected() {
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  std::erase(wanted_, kTrue);
  std::vector<int> whole;
  for (const Lit lit : wanted_)
    if (lit > 0) whole.push_back(meaning(lit).slot);
  std::sort(whole.begin(), whole.end());
  std::erase_if(wanted_, [&](Lit lit) {
    return lit < 0 && std::binary_search(whole.begin(), whole.end(), meaning(lit).slot);
  });
  return wanted_;
}

Cube Steps::lift(const State& state, const std::vector<Term>& conditions) {
  look_at(state);
  for (const Term condition : conditions) fix_truth(condition);
  return collected();
}

Cube Steps::lift(const State& state, int step, const Cube& target) {
  look_at(state);
  fix_truth(steps_[step].guard);
  for (const Lit lit : target) {
    const Meaning m = meaning(lit);
    const Term* term = update(step, m.slot);
    if (!term) {
      wanted_.push_back(lit);
    } else if (system_.terms[*term].op == TermOp::Slot && lit < 0) {
      wanted_.push_back(-atom(system_.terms[*term].value, m.value));
    } else {
      fix(*term);
    }
  }
  return collected();
}

}  // namespace luproof::checker::pdr
