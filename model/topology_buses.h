// SPDX-License-Identifier: GPL-2.0-or-later
// The part of make_topology that is about bus numbers.
#pragma once

#include "model/topology.h"

namespace luproof::model {

// Bus numbers: each port's range lies inside the range of the port above, ranges of ports that are
// not above one another are disjoint, and a function's bus is the one its port leads to.
void check_buses(const std::vector<PciFunction>& functions, Diagnostics& diagnostics);

}  // namespace luproof::model
