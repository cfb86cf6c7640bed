// SPDX-License-Identifier: GPL-2.0-or-later
// Every ordered pair of kernels as the old and the new one, rollback included.
//
// A fleet has several releases at once, and an update goes from one to another in either
// direction. Each variant of a design is a release; a pair is a reading of its own
// (model/pair.h), checked like any other.
#pragma once

#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::checker {

struct Pair {
  std::size_t first = 0, later = 0;  // in Matrix::kernels
  std::optional<Checked> checked;
  std::string error;  // why there is none
};

struct Matrix {
  std::vector<std::string> kernels;  // the oldest first
  std::vector<Pair> pairs;           // row by row: of one old kernel with each new one

  // The newer kernel is replaced by the older one.
  static bool is_rollback(const Pair& pair) { return pair.later < pair.first; }
};

// The pairs of these kernels, none checked yet.
Matrix matrix_of(std::vector<std::string> kernels);
model::Reading reading_of(const Matrix& matrix, const Pair& pair);

// A configuration that the two kernels of a pair have different values of.
struct Difference {
  std::string config, before, after;
};
std::vector<Difference> differences(const Checked& checked);

}  // namespace luproof::checker
