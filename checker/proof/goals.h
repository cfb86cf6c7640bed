// SPDX-License-Identifier: GPL-2.0-or-later
// What a proof has to exclude: bad states, bad steps, faults, and steps that a full pool cuts off
// (nothing is known beyond such a step, so a proof has to show that there is none). And that no
// step writes a value that its slot cannot hold, since bits would hide that.
#pragma once

#include <vector>

#include "checker/ground/system.h"
#include "checker/verdict.h"

namespace luproof::checker::proof {

struct Goal {  // the term is false in every reachable state
  enum class Kind : std::uint8_t { State, Step, Fault, Full, Range };
  Kind kind = Kind::State;
  Term term = -1;       // over a state; of a step: over the state before it, the guard included
  int property = -1;    // of State and Step
  int transition = -1;  // of all but State
};

struct Goals {
  std::vector<int> properties;  // safety properties, ascending
  std::vector<Fault> faults;    // built-in violations, ascending
  std::vector<Goal> list;
};

// The goals of these safety properties, and of all built-in violations but `happening`.
Goals goals_of(System& system, const std::vector<int>& properties,
               const std::vector<Fault>& happening);

// The safety properties among the findings that are not violated, and the faults that happen.
// `properties` is empty if the findings leave nothing to prove.
struct Provable {
  std::vector<int> properties;
  std::vector<Fault> happening;
};
Provable provable(const model::Model& model, const std::vector<Finding>& findings);

}  // namespace luproof::checker::proof
