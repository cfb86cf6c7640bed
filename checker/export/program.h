// SPDX-License-Identifier: GPL-2.0-or-later
// A ground system as any language can say it: variables, first values, guarded rules, goals.
//
// Other checkers are to walk exactly our states, so nothing is left out that tells two states
// apart. What can never change is no part of a state: slots that keep the one value they begin
// with become constants, and rules that are then impossible go. What is asked is a goal, reached in
// a state or by a step; since steps are terms over the state before them, a language without
// questions about steps can ask about the states before.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker::exporter {

struct Variable {
  int slot = -1;
  std::string name;   // legal and unique in every language
  std::string shown;  // the slot's own name, safe within a comment
  Value low = 0, high = 0;
  // At the start: one value, or any within a range, or (term >= 0) what follows from others.
  Value first_low = 0, first_high = 0;
  Term first_term = -1;
  bool by_start = false;  // differs between the starts; see Program::starts
};

struct Rule {
  std::string name, shown;
  int transition = -1;
  Term guard = -1;
  std::vector<std::pair<int, Term>> updates;  // variable := term over the state before; parallel
  std::vector<std::pair<int, Term>> hits;     // goals that this step reaches, and where
  bool ends = false;  // the run: a fault, a full pool; no state is behind it
};

enum class GoalKind : std::uint8_t {
  Never,      // a declared property: violated if reached
  Fault,      // a built-in violation: violated if reached
  Possible,   // a declared property: violated if not reached
  Exhausted,  // a full pool: where it is reached, "holds" is not for more elements than these
};

struct Goal {
  std::string name, shown;
  GoalKind kind = GoalKind::Never;
  Term when = -1;  // in a state
  int property = -1;
  Fault fault = Fault::None;
};

struct Program {
  System* system = nullptr;
  std::string shown;  // the design, safe within a comment
  std::vector<Variable> variables;
  std::vector<int> variable_of;   // of each slot; -1: a constant
  std::vector<Term> assumptions;  // over first states
  // Several starts: the values of the variables that they set; none: there is only one.
  std::vector<std::vector<std::pair<int, Value>>> starts;
  std::vector<Rule> rules;
  std::vector<Goal> goals;

  const Terms& terms() const { return system->terms; }
  const Variable& variable(Value slot) const {
    return variables[static_cast<std::size_t>(variable_of[static_cast<std::size_t>(slot)])];
  }
};

// The states in which a goal is reached, or from which a step reaches it.
Term reached(const Program& program, int goal);

// `only`: indices of the properties that become goals; empty: all, and what is built in. The
// system has to outlive the program; it gains terms.
Program lower(System& system, const std::vector<int>& only);

// What a slot is before the first step, where it is the same in every first state.
std::vector<std::optional<Value>> certain_at_start(const System& system);
// Constants of the slots that never change.
std::vector<std::optional<Value>> unchanging(System& system);

}  // namespace luproof::checker::exporter
