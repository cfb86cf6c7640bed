// SPDX-License-Identifier: GPL-2.0-or-later
// Which parts of a ground system may be exchanged without anybody noticing.
//
// Nothing is declared: what looks alike in the transitions is tried, and what is tried is held to
// the whole system before it is used (same.h). An exchange moves slots and leaves values alone, so
// where a value refers to an element that would move, nothing is found. Blocks of one group may be
// put into any order; a group may lie within the blocks of a later one (the VFs of a PF, then the
// PFs with their VFs).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

struct Exchange {
  std::vector<int> slots;        // slot s of a state becomes slot slots[s]
  std::vector<int> transitions;  // and transition t is transition transitions[t] of the result
  std::size_t moved() const;     // slots
};

struct Symmetry {
  // Per group: its blocks, each the slots of a block, in the order in which they correspond.
  std::vector<std::vector<std::vector<int>>> groups;
  std::vector<Exchange> generators;
  bool empty() const { return groups.empty(); }
  // Runs of slots that had better lie together in a packed state.
  std::vector<std::vector<int>> together(const System& system) const;
  std::string text() const;  // "4 blocks of 6 cells"
};

Symmetry find_symmetry(System& system);

}  // namespace luproof::checker
