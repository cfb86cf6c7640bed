// SPDX-License-Identifier: GPL-2.0-or-later
// A run of labels as a run of the ground system, step by step: what an explanation reads.
#pragma once

#include <optional>
#include <vector>

#include "checker/ground/system.h"
#include "checker/verdict.h"

namespace luproof::checker {

struct GroundRun {
  std::vector<State> states;  // of all slots; a fault at the end has none behind it
  std::vector<int> taken;     // transitions
};

// The system must not be fused: each transition is one step. nullopt if it has no such run.
std::optional<GroundRun> follow(const System& system, const Run& run);

// What a run violates: a property, or something built in.
struct Violation {
  int property = -1;
  Fault fault = Fault::None;
  bool deadlock = false;
};

}  // namespace luproof::checker
