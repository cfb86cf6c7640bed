// SPDX-License-Identifier: GPL-2.0-or-later
// What the life of each PCI function hangs on: of a VF its PF, of every function the ports above
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/topology.h"

namespace luproof::model {

// What comes next; it hangs on something in turn. A VF is below the ports that its PF is below.
struct Dependency {
  enum class Why { VfOf, Below };
  Why why = Why::Below;
  int on = -1;  // -1: the topology leaves it open
};
// Nothing: the function is on a root bus.
std::optional<Dependency> dependency(const Topology& topology, int function);

// What `function` hangs on and what hangs on it, itself among them, in the topology's order. What
// is left open may be anything of its kind.
std::vector<int> related(const Topology& topology, int function);

// Graphviz text of these functions, an edge from each to what it hangs on. `asked` stands out.
std::string dependencies_dot(const Topology& topology, const std::vector<int>& shown,
                             int asked = -1);

}  // namespace luproof::model
