// SPDX-License-Identifier: GPL-2.0-or-later
// Which steps of a run matter for its end, and what of them.
//
// The steps are fixed; what each changed is one assumption, and so is each value of the first
// state. The solver is asked which of them force the last state to be bad, and the set is made
// smaller until every one in it is needed. Then the same is asked of the conditions: that each step
// in the set could happen, and that the code of its actor came there.
//
// What is taken for granted, and not in the answer: the order of the steps, at which statement each
// actor stands, and its locals that no shared data went into. A step that is not in the answer may
// do anything else to the data.
#pragma once

#include <string>
#include <vector>

#include "checker/explain/ground_run.h"

namespace luproof::checker {

struct Effect {
  int step = 0;  // from 1; 0: the first state has this value
  int slot = -1;
  bool operator==(const Effect&) const = default;
};

struct Slice {
  std::vector<Effect> causes;    // that force the last state to be bad: none can be left out
  std::vector<Effect> enabling;  // further ones that let the steps happen
  std::vector<int> conditions;   // steps whose own condition has to be true
  std::vector<int> steps;        // all that matter, ascending
  std::vector<int> stuck;        // of a deadlock: instances that never move again
  bool certified = false;        // a second solver confirms that it suffices and is minimal
  std::string reason;            // why there is none, or it is not certified
};

// `stuck`: of a deadlock, the instances that no continuation moves.
Slice slice(System& system, const GroundRun& run, const Violation& violation,
            const std::vector<int>& stuck, const Limits& limits);

// The step can only be taken because the code of its actor branched this way before: for each step
// of the run (from 1) the earlier steps that decided it.
std::vector<std::vector<int>> deciding_steps(const System& system, const GroundRun& run);

}  // namespace luproof::checker
