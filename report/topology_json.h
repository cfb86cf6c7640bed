// SPDX-License-Identifier: GPL-2.0-or-later
// The PCI topology for reports that draw it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/topology.h"

namespace luproof::report {

// One object a function, in the order of the topology.
nlohmann::ordered_json topology_json(const model::Topology& topology);
// What the DMA of a function rests on, itself included; empty for -1.
nlohmann::ordered_json path_json(const model::Topology& topology, int function);

}  // namespace luproof::report
