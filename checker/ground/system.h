// SPDX-License-Identifier: GPL-2.0-or-later
// The ground transition system: level three, what the explorer, the SMT engine and exporters read.
//
// A state is Layout::slots() data slots, then for each actor instance its control point and its
// columns. Every transition has a guard and parallel updates, all terms over the state before it.
// Faulting steps are transitions of their own (`fault` set, no updates): their guard excludes no
// normal transition, and normal guards exclude faults.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "checker/engine.h"
#include "checker/ground/notes.h"
#include "checker/ground/term.h"
#include "checker/program/program.h"

namespace luproof::checker {

struct Passing {  // a procedure entered or left; the terms are over the state before
  int procedure = -1;
  bool returned = false;
  Term result = -1;        // of one that is left and has a result
  std::vector<Term> args;  // of one that is entered
  int label = 0;           // in Transition::labels: the step that does it
};

struct StepCheck {  // property `property` is violated by this transition where `bad` is true
  int property = -1;
  Term bad = -1;
};

struct Transition {
  std::vector<Label> labels;  // the steps it stands for: one, or more where steps are fused
  std::vector<std::vector<Term>>
      args;  // per label: arguments of the event it fires, over the state before
  int instance = -1;
  int from = -1, to = -1;  // control points of the instance
  Term guard = -1;         // the control point included
  Term unguarded = -1;     // the same where it is known that nothing faults
  std::vector<std::pair<int, Term>> updates;
  std::vector<Passing> passings;
  std::vector<StepCheck> checks;
  std::vector<Note> notes;  // over the state before, where the guard is true
  Fault fault = Fault::None;
  model::Span fault_span;
  int weight = 0;  // visible steps
  bool kexec = false;
  bool exhausted = false;    // a full pool: the run ends, nothing is concluded beyond it
  bool environment = false;  // an environment act
};

struct SlotRange {
  Value low = 0, high = 0;
};

struct Limits;  // checker/verdict.h

struct System {
  const model::Model* model = nullptr;
  const model::Layout* layout = nullptr;
  std::vector<Program> programs;
  Terms terms;
  std::vector<SlotRange> slots;  // data slots first
  std::vector<int> point_slot;   // of each instance
  std::vector<int> column_slot;  // of each instance: slot of its column 0

  // Initial states: a slot is a constant or free in its range; latches follow from the free ones.
  std::vector<std::optional<Value>> initial;
  std::map<int, SlotRange> first;  // free slots that begin within less than their range
  std::vector<std::pair<int, Term>> initial_terms;  // over the free slots and constants
  std::vector<Term> assumptions;                    // over initial states
  // Free choices of initial control (loops in a start-up prefix) give several starts: updates each.
  std::vector<std::vector<std::pair<int, Value>>> starts;

  std::vector<Transition> transitions;
  std::vector<std::vector<std::vector<int>>> at;  // [instance][point]: transitions
  std::vector<int> anywhere;                      // events that happen by themselves

  std::vector<Term> bad;       // per property: violated in a state (moment EveryState), or -1
  std::vector<Term> from, to;  // per property: LeadsTo, Recoverable, Possible; -1
  std::vector<std::vector<Term>>
      bad_for;  // per property: (element) terms behind `bad`, for reports
  std::string
      unfinished;  // "timeout", "memory", "interrupt": parts are missing, no engine may be asked

  std::vector<std::pair<Term, Term>>* compared = nullptr;  // while it is built: see GroundOptions
  const Watch* watch = nullptr;                            // what is noted; null: nothing
  std::vector<Note> start_notes;                           // of the start, over initial states
  std::vector<Note> state_notes;                           // of what is looked at in every state

  Term slot(int s) { return terms.slot(s, slots[s].low, slots[s].high); }
  SlotRange at_start(int s) const {
    const auto narrower = first.find(s);
    return narrower == first.end() ? slots[s] : narrower->second;
  }
  int data_slots() const { return layout->slots(); }
  // The statement at which an instance stands, -1 if it has ended: what Interpreter::positions
  // says.
  int position(const State& state, int instance) const;
};

struct GroundOptions {
  bool fuse = true;                // join steps that nobody can tell apart (checker/ground/fuse.h)
  const Watch* watch = nullptr;    // has to outlive the system
  const Limits* limits = nullptr;  // a system may then come back unfinished
  // Gets the two sides of each comparison of numbers, in the order in which they are looked at.
  std::vector<std::pair<Term, Term>>* compared = nullptr;
};

// nullptr after an error. The model and the layout have to outlive the system.
std::unique_ptr<System> ground(const model::Model& model, const model::Layout& layout,
                               const GroundOptions& options, model::Diagnostics& diagnostics);

// How many there are before assumptions, as far as `limit`.
std::size_t count_starts(const System& system, std::size_t limit);

// All initial states, latches included; at most `limit`, else nullopt.
std::optional<std::vector<State>> initial_states(const System& system, std::size_t limit);

}  // namespace luproof::checker
