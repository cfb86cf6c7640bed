// SPDX-License-Identifier: GPL-2.0-or-later
// What two designs can do: visible events with their arguments, and in which kernel.
//
// A step that is no event but changes state is named by its procedure and by what it makes of what:
// "pci_scan_bridge_extend: port.inherits[br] = true". A behaviour is reachable or it is not; how
// often and in which order is what properties are for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::checker {

struct Behaviour {
  std::string event;       // "pci_clear_master", or the procedure
  std::string detail;      // "(br)", ": port.inherits[br] = true"
  int kernel = 1;          // 1 = outgoing, 2 = incoming, …
  std::optional<Run> run;  // a shortest one that ends with it, replayed
};

// Behaviours of one event in one kernel, the nearest one first.
struct BehaviourGroup {
  std::string event;
  int kernel = 1;
  std::vector<Behaviour> members;
};

struct BehaviourDiff {
  std::vector<BehaviourGroup> only_a, only_b;
  std::string unknown;  // why nothing can be said, or ""
};

// Both have to have been explored to the end. The nearest behaviour of each group has its run; with
// `every_run` all have.
BehaviourDiff compare_behaviours(const Checked& a, const Checked& b, bool every_run);

}  // namespace luproof::checker
