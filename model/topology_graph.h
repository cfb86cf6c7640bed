// SPDX-License-Identifier: GPL-2.0-or-later
// What make_topology asks of the graph before indices may be followed.
#pragma once

#include <vector>

#include "model/topology.h"

namespace luproof::model {

// Each cycle of `parent` links (indices must be in range), as the functions on it.
std::vector<std::vector<int>> parent_cycles(const std::vector<PciFunction>& functions);

}  // namespace luproof::model
