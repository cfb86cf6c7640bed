// SPDX-License-Identifier: GPL-2.0-or-later
// The plainest start of a run that the solver has found.
//
// A solver takes any values that do, and a reader then looks for a meaning in 25,766. So with the
// same steps, each value that a run may choose at its start is made as small as it can be, in the
// order of the cells. What is left above zero is there for a reason.
#pragma once

#include "checker/smt_path.h"

namespace luproof::checker::smt {

// `path` reaches the target with its last step. As far as `until` allows.
Path plainest(System& system, Unroller& unroller, const Target& target, Path path,
              std::chrono::steady_clock::time_point until);

}  // namespace luproof::checker::smt
