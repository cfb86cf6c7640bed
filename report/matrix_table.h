// SPDX-License-Identifier: GPL-2.0-or-later
// What the text and the Markdown report of a matrix say alike: the table, its legend, and a note
// below it for each pair that is not kept.
#pragma once

#include <string>
#include <vector>

#include "report/grid.h"
#include "report/matrix.h"

namespace luproof::report {

struct MatrixTable {
  Grid grid;
  std::vector<std::string> legend;
};
// `width`: beyond it cells count properties, and do not name them.
MatrixTable matrix_table(const checker::Matrix& matrix, std::size_t width);

// "6.19 -> 7.3 (rollback)".
std::string pair_name(const checker::Matrix& matrix, const checker::Pair& pair);

struct PairNote {
  const checker::Pair* pair = nullptr;
  checker::Verdict worst = checker::Verdict::Holds;
  std::string verdicts;  // "violated: bdf-changed in 9 visible steps, …"
  std::string differs;   // "kho_abi=kho_v1 before, kho_v4 after; …"; may be ""
  std::string steps;     // of the shortest run; may be ""
};
// Of every pair that does not hold.
std::vector<PairNote> pair_notes(const checker::Matrix& matrix, Runs runs);

// "2 pairs hold, 1 is violated", and what the verdicts speak of.
std::string summary(const checker::Matrix& matrix);
std::string matrix_scope(const checker::Matrix& matrix);

}  // namespace luproof::report
