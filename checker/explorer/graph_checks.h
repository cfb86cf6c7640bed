// SPDX-License-Identifier: GPL-2.0-or-later
// Questions about the whole graph: deadlock, recoverable, leads-to.
#pragma once

#include <functional>

#include "checker/explorer/explorer.h"

namespace luproof::checker {

using RunTo = std::function<Run(std::uint32_t)>;

// Recoverable and leads-to; `complete`: every reachable state is in the graph. The run of a
// leads-to is a lasso_from; there is none unless `exact`: states stand for no others.
void decide_on_graph(System& system, const Graph& graph, const model::Property& property, Term from,
                     Term to, bool complete, bool exact, Finding& finding, const RunTo& run_to);

// Whether some actor can be blocked in a procedure at all.
bool waits_inside(const System& system);

// An actor that is blocked in a procedure, here and in every continuation of this kernel.
Finding check_deadlock(System& system, const Graph& graph, bool complete, const RunTo& run_to);

}  // namespace luproof::checker
