// SPDX-License-Identifier: GPL-2.0-or-later
// What an engine that proves leaves behind: an inductive invariant over the slots of a state, which
// anybody can check with one step of the system.
//
// An atom speaks of whole values, never of single bits: so it reads like the spec, and stays what
// it is where a reference has more members to choose from (checker/anynumber).
#pragma once

#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

struct Atom {  // slot `slot` of the state has one of these values, ascending
  int slot = -1;
  std::vector<Value> values;
  auto operator<=>(const Atom&) const = default;
};

using Clause = std::vector<Atom>;  // one of them is true; slots ascending, each at most once

struct Invariant {
  std::vector<Clause> clauses;  // all of them are true in every reachable state
};

}  // namespace luproof::checker
