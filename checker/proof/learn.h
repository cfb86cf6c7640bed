// SPDX-License-Identifier: GPL-2.0-or-later
// An invariant that people can read, from the states that the explorer found.
//
// The set of reachable states is inductive, but nobody can read it and no solver likes it. So only
// what the goals need is learned from it: begin with the box (bounds.h) and ask the solver for a
// state that is in it and bad. It is not reachable; find a short clause that says so and that is
// true of all reachable states; ask whether a step can break the clause, and so on, until nothing
// can. Then only the clauses that others rest on are kept. The reachable states only suggest: that
// the result is inductive is what the solver said, and is checked anew from the certificate's text.
#pragma once

#include <optional>
#include <string>

#include "checker/explorer/explorer.h"
#include "checker/proof/bounds.h"
#include "checker/proof/goals.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

struct Learned {
  std::optional<Invariant> invariant;  // the clauses beside the box
  std::string reason;                  // why there is none
  std::size_t tried = 0;               // clauses that were found on the way
};

// `graph` holds every reachable state of the system.
Learned learn(System& system, const Graph& graph, const Bounds& bounds, const Goals& goals,
              const Limits& limits);

// Those of the clauses on which the goals rest, with the box; nullopt if they are not inductive
// with it, exclude not every goal, or a limit was reached.
std::optional<Invariant> needed(System& system, const Bounds& bounds, const Goals& goals,
                                const Invariant& invariant, const Limits& limits);

}  // namespace luproof::checker::proof
