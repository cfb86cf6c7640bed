// SPDX-License-Identifier: GPL-2.0-or-later
// What values each slot can ever have, as far as each slot alone tells, and which steps can ever
// be.
//
// The least sets that hold the first states and that every step keeps. Most slots of a design never
// change, and most transitions of a large one are never possible; what is left out here is never
// encoded. The sets are an inductive invariant themselves, one atom a slot: they are part of the
// proof and not only a way to it.
#pragma once

#include <vector>

#include "checker/smt_values.h"
#include "checker/verdict.h"

namespace luproof::checker::pdr {

using smt::Values;

struct Possible {
  std::vector<Values> values;  // of slots; empty: any
  std::vector<Values> first;   // in first states
  std::vector<char> step;      // of transitions: it may be possible
  // Steps whose new value of a slot might leave the slot's range, were other slots not as they are.
  std::vector<std::pair<int, int>> leaving;  // transition, slot
  bool complete = false;                     // else a limit came first, and nothing is known
};

Possible possible_values(System& system, const smt::Demands& demands, const Limits& limits);

}  // namespace luproof::checker::pdr
