// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "checker/explorer/explorer.h"
#include "checker/explorer/moves.h"
#include "checker/symmetry/canonical.h"

namespace luproof::checker {

struct Way {
  std::vector<State> states;  // the first one is initial
  std::vector<std::int32_t> by;
};

Run run_along(const System& system, const Way& way, std::int32_t last);
std::vector<std::uint32_t> path_to(const Graph& graph, std::uint32_t node);

// The same where states stand for others; nothing if the graph is not one of this system. The last
// step is any that has the fault of `by`, or that breaks the property.
std::optional<Run> run_to(const System& system, const Graph& graph, const Canonical& canonical,
                          Moves& moves, const std::vector<State>& starts, std::uint32_t node,
                          std::int32_t by, int property);

}  // namespace luproof::checker
