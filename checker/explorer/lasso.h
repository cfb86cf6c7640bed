// SPDX-License-Identifier: GPL-2.0-or-later
// A run that shows what never comes: a way, and a loop that is gone through for ever.
#pragma once

#include "checker/explorer/explorer.h"

namespace luproof::checker {

// The shortest run to `node`, then within `in` to where it may stay, kernel and hardware actors
// being weakly fair: once through a loop in which each of them moves or is unable to (Run::loop),
// or to a state in which none of them can go on. `node` is one of may_stay_within.
Run lasso_from(const System& system, const Graph& graph, const std::vector<char>& in,
               std::uint32_t node);

}  // namespace luproof::checker
