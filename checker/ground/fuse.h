// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "checker/ground/pace.h"
#include "checker/ground/system.h"

namespace luproof::checker {

// Joins a step with the one behind it where nobody can tell: the second is invisible, cannot be
// hindered, and commutes with every step of everybody else. Verdicts and visible lengths stay.
void fuse(System& system, Pace& pace);

}  // namespace luproof::checker
