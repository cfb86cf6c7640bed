// SPDX-License-Identifier: GPL-2.0-or-later
// The explicit-state explorer: every reachable state, nearest first.
//
// States are taken in the order (visible steps, steps), so the first violation found is a shortest
// one. The graph is kept, since deadlock, recoverable, leads-to and violated-by are questions about
// it. An exhausted search says "all depths"; anything else says what stopped it.
#pragma once

#include <map>

#include "checker/explorer/code.h"
#include "checker/explorer/store.h"
#include "checker/verdict.h"

namespace luproof::checker {

struct ExploreOptions {
  std::vector<int> only;       // properties; empty: all
  bool stop_at_first = false;  // of every property; violated-by is then not known
};

// The explored graph, for questions beyond verdicts (coverage, comparison of engines).
struct Graph {
  explicit Graph(const System& system) : store(system) {}
  struct Node {
    std::uint32_t parent = 0;      // number of the predecessor on a shortest run
    std::int32_t transition = -1;  // -1: initial
    std::uint16_t weight = 0, length = 0;
    bool expanded = false;
    bool faults = false;  // a step from here ends in a built-in violation
  };
  StateStore store;
  std::vector<Node> nodes;
  std::vector<std::uint64_t> first_edge;  // of each node, in order of expansion; see edges_of
  std::vector<std::uint32_t> edge_to;
  std::vector<std::uint32_t> edge_by;                          // transition
  std::vector<std::pair<std::uint64_t, std::uint64_t>> range;  // of edges of each node
};

// The shortest run to a node, then by the transition `by` out of it, if that is not -1.
Run run_to(const System& system, const Graph& graph, std::uint32_t node, std::int32_t by);

Outcome explore(System& system, const ExploreOptions& options, const Limits& limits,
                Graph* keep = nullptr);

}  // namespace luproof::checker
