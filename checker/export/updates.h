// SPDX-License-Identifier: GPL-2.0-or-later
// Parallel updates as assignments one after another.
#pragma once

#include "checker/export/program.h"

namespace luproof::checker::exporter {

struct Sequence {
  std::vector<std::pair<int, Term>> before;  // computed first, kept aside, assigned last
  std::vector<std::pair<int, Term>> then;    // read nothing that is assigned in this order
};
Sequence in_sequence(const Program& program, const Rule& rule);

}  // namespace luproof::checker::exporter
