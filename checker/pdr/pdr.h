// SPDX-License-Identifier: GPL-2.0-or-later
// Proof for any number of steps, by PDR over the values of slots.
#pragma once

#include "checker/ground/system.h"
#include "checker/pdr/prover.h"
#include "checker/verdict.h"

namespace luproof::checker {

struct PdrOptions {
  std::vector<int> only;  // as asks_for takes it
  bool minimise = true;   // make runs shorter before they are shown
  pdr::Defect defect = pdr::Defect::None;
};

// Decides safety properties, `possible` and built-in faults. Holds comes with its invariant, which
// excludes everything that is said to hold in this outcome, and with a run that shows it is no
// empty promise. A run was minimised, but is never said to be a shortest one: what takes more steps
// and fewer visible ones was not looked for. Where a pool is full in some run, nothing holds.
Outcome check_pdr(System& system, const PdrOptions& options, const Limits& limits);

}  // namespace luproof::checker
