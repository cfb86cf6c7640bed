// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "model/topology.h"

namespace luproof::model {

// Of functions with resolved links: marks the addresses that follow from what is open, places those
// that are given by devfn alone, and says why an open address cannot be told, if that is so.
std::string open_addresses(std::vector<PciFunction>& functions, Diagnostics& diagnostics);

}  // namespace luproof::model
