// SPDX-License-Identifier: GPL-2.0-or-later
// Bounded model checking of a ground system with Z3, incrementally, one step a frame.
#pragma once

#include "checker/ground/system.h"
#include "checker/verdict.h"

namespace luproof::checker {

// Decides safety properties (and built-in faults) within limits.bound steps; `only`: as
// asks_for takes it. A counterexample has the fewest steps; it is then minimised
// to the fewest visible steps within the bound (Finding::shortest says whether that was reached).
// Holds is only said when the system has no run of bound + 1 steps at all; else Unknown with depth.
// Possible is decided positively only; deadlock, leads-to and recoverable are Unknown.
Outcome check_smt(System& system, const std::vector<int>& only, const Limits& limits);

}  // namespace luproof::checker
