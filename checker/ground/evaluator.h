// SPDX-License-Identifier: GPL-2.0-or-later
// From typed expressions to terms, over a state that may be in the middle of a step.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/ground/notes.h"
#include "checker/ground/pace.h"
#include "checker/ground/system.h"

namespace luproof::checker {

// The state within a step: what has been written so far, over the state before.
class StepState {
 public:
  explicit StepState(System& system) : system_(&system) {}
  Term read(int slot) const {
    const auto written = updates_.find(slot);
    return written != updates_.end() ? written->second : system_->slot(slot);
  }
  void write(int slot, Term value) { updates_[slot] = value; }
  const std::unordered_map<int, Term>& updates() const { return updates_; }

 private:
  System* system_;
  std::unordered_map<int, Term> updates_;
};

struct FaultCase {
  Term condition = -1;
  Fault fault = Fault::None;
  model::Span span;
};

// Locals while an expression is evaluated: bound terms first, then the columns of a frame.
struct Env {
  const FrameMap* frame = nullptr;
  int instance = -1;
  std::vector<Term> bound;  // by local slot; -1: not bound here
  const StepState* state = nullptr;
  const StepState* before = nullptr;   // what old(…) reads; null: the same
  const StepState* latched = nullptr;  // in which was(…) is read: where the claim was latched
  int claim = -1;                      // whose samples was(…) reads
  Term element = -1;                   // of the claim
  const std::vector<int>* samples = nullptr;

  void bind(int local, Term value) {
    if (static_cast<std::size_t>(local) >= bound.size()) bound.resize(local + 1, -1);
    bound[local] = value;
  }
};

struct Member {
  Term value = -1;  // of the element: a reference, or any value of a SetEnum
  Term in = -1;     // it is in the set
  Term key = -1;    // of an ordered set: its members are looked at from the least one on
  std::vector<FaultCase> asked{};  // of asking whether it is in: faults where it is asked
};
struct SetTerm {
  bool ordered = false;  // else they are looked at as they stand here
  std::vector<Member> members;
};

class Evaluator {
 public:
  Evaluator(System& system, Pace& pace)
      : s_(system), pace_(pace), t_(system.terms), m_(*system.model), layout_(*system.layout) {}

  // Faults within are added to `faults` under the condition `reach`.
  Term value(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
    pace_.step();
    const Term result = compute(e, env, reach, faults);
    if (notes_) note(e, result, reach);
    return result;
  }
  SetTerm set(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  // A set whose members are asked about one by one: faults of that are with each of them,
  SetTerm lazily(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  // until all of them are asked, in their order: the first fault is the one that happens.
  void ask_all(SetTerm& set, std::vector<FaultCase>& faults);
  Term contains(const SetTerm& set, Value element);
  // Where `reach`, some member is none of the sort.
  Term stranger(const SetTerm& set, int sort, Term reach);
  // Which member of the set it is in order, from 1 on; 0 if it is none.
  Term place(const SetTerm& set, Value element);

  // The places a cell reference may mean: slot offset in `part`, and when.
  struct Place {
    int slot = -1;
    Term when = -1;
  };
  std::vector<Place> places(int cell, model::Part part, const std::vector<model::ExprPtr>& indices,
                            Env& env, Term reach, std::vector<FaultCase>& faults,
                            const model::Span& span, int member = -1);
  // The same from indices that are terms already.
  std::vector<Place> places_at(int cell, model::Part part, const std::vector<Term>& indices,
                               const StepState& state, Term reach, std::vector<FaultCase>& faults,
                               const model::Span& span, int member = -1);
  Term read(const std::vector<Place>& places, const StepState& state);
  // References to the elements of a sort, as constants.
  std::vector<Value> elements(int sort) const;
  Term alive(int sort, Value reference, const StepState& state);

  // `lower` is below `upper` in the PCI tree, where a VF is below its PF; indices of functions.
  Term below(int lower, int upper);

  Terms& terms() { return t_; }

  // Two numbers are compared.
  void compared(Term a, Term b) {
    if (s_.compared) s_.compared->emplace_back(a, b);
  }

  // Notes of what is evaluated go to `notes` from now on; null: nowhere. Returns where they went.
  std::vector<Note>* record(std::vector<Note>* notes) {
    return std::exchange(notes_, s_.watch ? notes : nullptr);
  }
  bool recording() const { return notes_ != nullptr; }
  void note(Watch::What what, int index, Term when) {
    if (notes_ && index >= 0) keep(s_.watch->of(what, index), when);
  }

 private:
  Term compute(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  void note(const model::Expr& e, Term result, Term reach);
  void keep(int key, Term when) {
    if (key >= 0 && !t_.is_false(when)) notes_->push_back({key, when});
  }
  Term local(int slot, const Env& env);
  Term quantifier(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  Term member_of(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  // Whether the set holds the element; only what that takes is asked.
  Term holds(const model::Expr& all, Term element, Env& env, Term reach,
             std::vector<FaultCase>& faults);
  // No member before this one, in the order of its keys, is one where the asking ends.
  Term reaches(const SetTerm& set, std::size_t member, const std::vector<Term>& ends);
  Env inside_define(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  Term combined(const model::Expr& e, Term a, Term b);  // arithmetic and comparisons
  Term function_table(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  SetTerm relation(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  void keep_order(SetTerm& set);  // as they stand: then that is said by their keys
  SetTerm set_cell(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  Term was(const model::Expr& e, Env& env);
  // relations.cpp
  Term pf_of(int function);
  Term parent_of(int function);
  void close_upwards();
  Term above(int port, int function);
  Term related(model::Relation relation, int of, int member);
  SetTerm open_relation(model::Relation relation, Term on);
  Term idle(int actor, const StepState& state);
  Term settled(const model::Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults);
  void none_fault(Term reference, Term reach, std::vector<FaultCase>& faults,
                  const model::Span& span);

  System& s_;
  Pace& pace_;
  Terms& t_;
  const model::Model& m_;
  const model::Layout& layout_;
  std::vector<std::vector<Term>> above_;  // [function][port], where parents are open
  std::vector<Note>* notes_ = nullptr;
};

// While it lives, notes go to `notes`, or nowhere.
class Recording {
 public:
  Recording(Evaluator& evaluator, std::vector<Note>* notes)
      : evaluator_(evaluator), before_(evaluator.record(notes)) {}
  ~Recording() { evaluator_.record(before_); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  Evaluator& evaluator_;
  std::vector<Note>* before_;
};

}  // namespace luproof::checker
