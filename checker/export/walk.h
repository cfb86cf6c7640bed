// SPDX-License-Identifier: GPL-2.0-or-later
// The states of a program, as long as they are few: for pictures, and to hold the lowering to the
// explorer without another tool.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/export/program.h"

namespace luproof::checker::exporter {

struct Walked {
  std::vector<State> states;  // values of the variables
  std::size_t starts = 0;     // states that are first ones
  struct Edge {
    std::uint32_t from = 0, to = 0;
    int rule = -1;
  };
  std::vector<Edge> edges;
  std::vector<char> reached;  // of each goal
};

// nullopt if there are more than `limit` states, or more to begin with.
std::optional<Walked> walk(const Program& program, std::size_t limit);

}  // namespace luproof::checker::exporter
