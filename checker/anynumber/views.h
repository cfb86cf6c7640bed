// SPDX-License-Identifier: GPL-2.0-or-later
// What a few of many interchangeable members can show, whatever the number of the others.
//
// A state of a system with many members is: what they share, the members that the shared part names
// (a loop that stands at one), and the others, each with slots of its own. A view is a state with
// all but a few of the others left out. All views that can ever be seen are collected in a system
// with few members: the views of its first states; then, whenever some views fit together to a
// state of this system, the views of all its successors. When nothing new comes, every state of
// every system with more members has only such views: a step of it that makes a view would have
// made it here, out of the members that the step names, those of the view, and the witnesses of
// what the step looks at (checker/anynumber/need.h). If the system is large enough to hold these, a
// property that no view violates holds for any number of members.
//
// After: view abstraction (Abdulla, Haziza, Holik: All for the price of few, 2013). What it needs
// is checked here and said in `obstacle` where it is not so: members are interchangeable (every
// step of every state, with two neighbours exchanged), no slot belongs to two of them, none refers
// to another, none counts them.
#pragma once

#include <string>
#include <vector>

#include "checker/symmetry/shape.h"
#include "checker/verdict.h"

namespace luproof::checker {

inline constexpr char kNoTime[] = "time ran out", kNoMemory[] = "there was not enough memory";

struct Views {
  std::string obstacle;         // why nothing is shown; "" if something is
  model::Span where;            // of the statement that is in the way, if one is
  std::vector<char> bad;        // per property of the model: some view violates it
  std::vector<Fault> faults;    // built-in violations of views
  bool exhausted_pool = false;  // a step of some view ends at a full pool
  std::size_t states = 0, views = 0;
  int width = 0;   // others in a view
  int wanted = 0;  // members that the system would have to have; more than it has: an obstacle
  // What happened, in order, and how all numbers compared that are looked at somewhere: equal for
  // two systems that differ in numbers alone, which nobody tells apart.
  std::vector<std::uint32_t> history;
};

// The two sides of a comparison of numbers.
using Compared = std::vector<std::pair<Term, Term>>;

// `members`: the interchangeable elements, of one sort, at least three. `compared`: of the
// grounding. `width`: 1 or more.
Views collect_views(System& system, const std::vector<Element>& members, const Compared& compared,
                    int width, const Limits& limits);

}  // namespace luproof::checker
