// SPDX-License-Identifier: GPL-2.0-or-later
// What the actions of the program graph do to a state, as terms.
#pragma once

#include <functional>
#include <vector>

#include "checker/ground/evaluator.h"

namespace luproof::checker {

// One way through a step so far.
struct Path {
  explicit Path(System& system) : state(system) {}
  Term guard = -1;  // all conditions met on the way
  StepState state;
  std::vector<FaultCase> faults;         // conditions include the way to them
  std::vector<Label> fault_labels;       // the step's name up to each fault
  std::vector<std::size_t> fault_notes;  // how many notes there were
  std::vector<Passing> passings;
  std::vector<Note> notes;
  std::vector<Term> args;  // of the event that the step fires
  Label label;
  bool kexec = false, exhausted = false;
  // Faults found so far happen before any further choice.
  void name_faults() {
    while (fault_labels.size() < faults.size()) {
      fault_labels.push_back(label);
      fault_notes.push_back(notes.size());
    }
  }
};

class Executor {
 public:
  Executor(System& system, Evaluator& evaluator)
      : s_(system), e_(evaluator), t_(system.terms), m_(*system.model), layout_(*system.layout) {}

  // Performs one action; free choices give several paths, an impossible one none.
  void perform(const Action& action, int instance, Path path,
               const std::function<void(Path)>& then);
  // The body of an event or of atomic:, under `reach`; locals live in `env`.
  void body(const model::Block& block, Env& env, StepState& state, Term reach,
            std::vector<FaultCase>& faults);
  void clear_element(int sort, Value reference, Term when, StepState& state);
  // Cold value of a data cell's slot with constant indices; its default where it is `any`.
  Term cold_value(const model::Cell& cell, const std::vector<Value>& indices,
                  const StepState& state, bool boot);
  void fail(Path& path, Term when, Fault fault, const model::Span& span) const;

 private:
  using Then = std::function<void(Path)>;
  Env env_of(const Action& action, int instance, const StepState& state) const;
  void assign(const model::Stmt& s, Env& env, StepState& state, Term reach,
              std::vector<FaultCase>& faults);
  void store(const model::Expr& target, Term value, Env& env, StepState& state, Term reach,
             std::vector<FaultCase>& faults, const model::Span& span);
  void list_change(const model::Stmt& s, Env& env, StepState& state, Term reach,
                   std::vector<FaultCase>& faults);
  void count_change(const model::Stmt& s, Env& env, StepState& state, Term reach,
                    std::vector<FaultCase>& faults);
  void handover_change(const model::Stmt& s, Env& env, StepState& state, Term reach,
                       std::vector<FaultCase>& faults);
  void each(const model::Stmt& s, Env& env, StepState& state, Term reach,
            std::vector<FaultCase>& faults);
  void write_under(StepState& state, int slot, Term when, Term value) {
    state.write(slot, t_.ite(when, value, state.read(slot)));
  }

  void loop(const Action& a, int instance, Path path, const Then& then);
  void pick(const Action& a, int instance, Path path, const Then& then);
  void lock(const Action& a, int instance, Path path, const Then& then);
  void fresh(const Action& a, int instance, Path path, const Then& then);
  void release_element(const Action& a, int instance, Path path, const Then& then);
  void undo_next(const Action& a, int instance, Path path, const Then& then);
  void keep_turn(const Action& a, int instance, Path& path);
  Term holds(int instance, const StepState& state);
  Term referenced(int sort, Value reference, const StepState& state);
  // To those for which the statement's `where` is true; faults of that are with each member.
  void narrow(SetTerm& set, const model::Stmt& s, Env& env, Term reach);
  // What the members of a loop are ordered by; nothing where that is no expression.
  std::vector<Term> order_keys(SetTerm& set, const model::Stmt& s, Env& env, Term reach,
                               std::vector<FaultCase>& faults);
  // Member x may not be picked while y may still come.
  Term goes_before(const model::Stmt& s, const SetTerm& set, const std::vector<Term>& keys,
                   std::size_t y, std::size_t x);
  int column(int instance, int c) const { return s_.column_slot[instance] + c; }

  System& s_;
  Evaluator& e_;
  Terms& t_;
  const model::Model& m_;
  const model::Layout& layout_;
};

}  // namespace luproof::checker
