// SPDX-License-Identifier: GPL-2.0-or-later
// The values that each slot can have in any run, as far as slots alone tell: the smallest box that
// holds the initial states and that no step leaves.
//
// Most of a design's slots never change, and most of its transitions never happen (acts that are
// off, branches that nobody takes): the box says so, needs no solver, and is inductive by itself.
// It is the part of every invariant that nobody wants to read.
#pragma once

#include "checker/smt_values.h"
#include "checker/verdict.h"

namespace luproof::checker::proof {

struct Bounds {
  std::vector<smt::Values> values;  // of slots; empty: any value of the range
  // Of transitions: what their steps are within the box. Not live: none ever happens.
  struct Step {
    bool live = false;
    Term guard = -1;
    std::vector<std::pair<int, Term>> updates;
    std::vector<smt::Values> after;  // of the updates
  };
  std::vector<Step> steps;

  bool fixed(int slot) const { return values[slot].size() == 1; }
};

Bounds bounds_of(System& system);

}  // namespace luproof::checker::proof
