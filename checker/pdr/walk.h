// SPDX-License-Identifier: GPL-2.0-or-later
// Runs at random, for what most runs come to: a witness is seldom hard to find.
//
// A proof engine finds deep runs last. Of the steps that are possible the one that was taken least
// often is taken, so that a walk goes on instead of round in circles.
#pragma once

#include <chrono>
#include <vector>

#include "checker/pdr/prover.h"

namespace luproof::checker::pdr {

// A run to each target that was met; `ways` whose target has none yet are looked at.
std::vector<Trace> walk(Steps& steps, const std::vector<Way>& ways, const Limits& limits,
                        std::chrono::steady_clock::time_point until);

}  // namespace luproof::checker::pdr
