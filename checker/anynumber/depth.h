// SPDX-License-Identifier: GPL-2.0-or-later
// How deep quantifiers over one sort stand within each other, anywhere in a model.
//
// `Three different ones are busy` is false by itself where there are only two: what a condition
// needs to see (checker/anynumber/need.h) shows in ground terms only where there are more members
// than it quantifies over at once.
#pragma once

#include "model/model.h"

namespace luproof::checker {

struct Quantified {
  int depth = 0;
  model::Span counts;    // where most of them are counted, if they are
  bool every = false;    // and that is not compared with a constant
  bool address = false;  // the bus, or the function on it, of what may be a VF is looked at
};

// Over sorts with this base sort; a membership test and an `each` count as one, a number of members
// that is compared with n as n + 2.
Quantified quantifier_depth(const model::Model& model, int base_sort);

}  // namespace luproof::checker
