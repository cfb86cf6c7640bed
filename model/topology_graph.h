// SPDX-License-Identifier: GPL-2.0-or-later
// What make_topology asks of the graph before indices may be followed, and how a function is drawn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/topology.h"

namespace luproof::model {

// Each cycle of `parent` links (indices must be in range), as the functions on it.
std::vector<std::vector<int>> parent_cycles(const std::vector<PciFunction>& functions);

// A name that is somebody's input, as Graphviz reads it back.
std::string dot_quoted(std::string_view text);
// "label=…, shape=…" of a function.
std::string dot_looks(const PciFunction& function);

}  // namespace luproof::model
