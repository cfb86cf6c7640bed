// SPDX-License-Identifier: GPL-2.0-or-later
// The same machine with more VFs: a spec is written over one or two, and asked about any number.
#pragma once

#include <vector>

#include "model/topology.h"

namespace luproof::model {

struct MoreVfs {
  int count = 0;  // VFs of each PF that has any; 0: leave the topology as it is
  // VF indices of the copies that are in the topology; empty: all. The PF counts them all, so that
  // one may look at some of many VFs.
  std::vector<int> shown;
};

// Copies of the last VF of each PF that has any, in all that its declaration says but its index and
// what follows from it. TotalVFs grows with them, and NumVFs where all VFs were on.
// Errors: fewer than there are, an index that is no copy's, or more than fit the buses above.
Topology with_vfs(Topology topology, const MoreVfs& wanted, Diagnostics& diagnostics);

// How many VFs the PF can have: addresses end at bus ff, at the last bus of each port above, and at
// the next function's address; registers at 65535.
int most_vfs(const Topology& topology, int pf);

}  // namespace luproof::model
