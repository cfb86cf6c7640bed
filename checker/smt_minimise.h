// SPDX-License-Identifier: GPL-2.0-or-later
// From a run with the fewest steps to one with the fewest visible steps.
#pragma once

#include "checker/smt_path.h"

namespace luproof::checker::smt {

struct Minimal {
  Path path;
  bool proved = false;   // no run within the frames has fewer visible steps, or as many and fewer
  bool certain = false;  // nor has any longer run
};

// `path` has the fewest steps. Looks at runs of at most `frames` steps, until `until`.
Minimal minimise(System& system, Unroller& unroller, const Target& target, Path path, int frames,
                 std::chrono::steady_clock::time_point until);

}  // namespace luproof::checker::smt
