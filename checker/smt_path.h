// SPDX-License-Identifier: GPL-2.0-or-later
// What the solver found, walked again over the ground system.
//
// The solver only says where a run starts and which transitions it takes. Everything else is
// computed from the system itself, so a mistake of the encoding cannot become a counterexample.
#pragma once

#include <optional>

#include "checker/smt_unroll.h"

namespace luproof::checker::smt {

// What is looked for: a property that is violated (or a `possible` one that is met), or a fault.
struct Target {
  int property = -1;
  Term state = -1;  // in a state; -1: only steps matter
  Fault fault = Fault::None;
};

// The target after exactly k steps of a run; a fault is the last of them.
Lit reached(Unroller& unroller, const Target& target, int frame);

struct Path {
  std::vector<State> states;  // of all slots
  std::vector<int> taken;     // transitions; a fault at the end has no state behind it
  int weight = 0;
  int labels = 0;  // steps of the model; one transition may stand for several
  int steps() const { return static_cast<int>(taken.size()); }
};

// The run of at most `frames` steps in the model of `circuit`, cut where it reaches the target with
// the fewest visible steps and then the fewest steps. nullopt if it is no run of the system, or
// never does.
std::optional<Path> read_path(System& system, const Unroller& unroller, const Circuit& circuit,
                              const Target& target, int frames);
Run to_run(System& system, const Path& path);

}  // namespace luproof::checker::smt
