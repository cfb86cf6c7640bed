// SPDX-License-Identifier: GPL-2.0-or-later
// The alternatives of one variant as a grid.
#pragma once

#include <string>
#include <vector>

#include "checker/ask/ask.h"
#include "report/grid.h"

namespace luproof::report {

struct AskGrid {
  Grid grid;
  std::vector<std::string> legend;  // what short names in the grid stand for
  std::size_t kept = 0;             // properties that hold in every alternative
};

// What rows take for granted: a1, a2, … of a grid are `by_some`.
struct Assumptions {
  std::vector<std::string> by_some, by_all;
};
Assumptions assumptions(const checker::ask::Table& table);

// Long names are told once, in the table; elsewhere alternatives have numbers then.
bool short_names(const checker::ask::Table& table);
std::string alternative_name(const checker::ask::Table& table, std::size_t alternative);

// Alternatives are columns where that fits the width, else rows.
AskGrid ask_grid(const checker::ask::Table& table, const std::string& variant, std::size_t width);

// "pf-knows-its-vfs is violated by core in 9 visible steps" or "blackout is 5..9 ms with core".
std::string reason(const checker::ask::Table& table, const checker::ask::Worse& worse);
// The run behind it, if there is one.
const checker::Run* run_of(const checker::ask::Table& table, const checker::ask::Worse& worse);

}  // namespace luproof::report
