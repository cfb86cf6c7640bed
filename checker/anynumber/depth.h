// SPDX-License-Identifier: GPL-2.0-or-later
// How deep quantifiers over one sort stand within each other, anywhere in a model.
//
// `Three different ones are busy` is false by itself where there are only two: what a condition
// needs to see (checker/anynumber/need.h) shows in ground terms only where there are more members
// than it quantifies over at once.
#pragma once

#include "model/model.h"

namespace luproof::checker {

// Over sorts with this base sort; a membership test and an `each` count as one.
int quantifier_depth(const model::Model& model, int base_sort);

}  // namespace luproof::checker
