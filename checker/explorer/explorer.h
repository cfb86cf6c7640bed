// SPDX-License-Identifier: GPL-2.0-or-later
// The explicit-state explorer: every reachable state, nearest first.
//
// States are taken in the order (visible steps, steps), so the first violation found is a shortest
// one. Steps between states are kept only where deadlock, recoverable, leads-to or a caller asks
// for them: there are five times as many of them as states. An exhausted search says "all depths";
// anything else says what stopped it.
#pragma once

#include "checker/explorer/code.h"
#include "checker/explorer/store.h"
#include "checker/verdict.h"

namespace luproof::checker {

struct Symmetry;  // checker/symmetry/symmetry.h

struct ExploreOptions {
  std::vector<int> only;               // as asks_for takes it
  bool stop_at_first = false;          // of every property; violated-by is then not known
  bool symmetry = true;                // use what may be exchanged, where no answer changes by it
  const Symmetry* exchange = nullptr;  // this instead of what is found: for tests that break it
  int threads = 0;                     // 0: all cores for a big search, one for a small one
};

// The explored graph, for questions beyond verdicts (coverage, comparison of engines).
struct Graph {
  explicit Graph(const System& system, const std::vector<std::vector<int>>& together = {})
      : store(Packing(system, together)) {}
  struct Node {
    std::uint32_t parent = 0;      // number of the predecessor on a shortest run
    std::int32_t transition = -1;  // -1: initial
    std::uint16_t weight = 0, length = 0;
    bool expanded = false;
    bool faults = false;  // a step from here ends in a built-in violation
  };
  StateStore store;
  std::vector<Node> nodes;
  bool keeps_edges = true;  // else the three below are empty
  std::vector<std::uint32_t> edge_to;
  std::vector<std::uint32_t> edge_by;                          // transition
  std::vector<std::pair<std::uint64_t, std::uint64_t>> range;  // of edges of each node
  std::size_t bytes() const {
    return store.bytes() + nodes.capacity() * sizeof(Node) + edge_to.capacity() * 8 +
           range.capacity() * 16;
  }
};

// The shortest run to a node, then by the transition `by` out of it, if that is not -1.
Run run_to(const System& system, const Graph& graph, std::uint32_t node, std::int32_t by);

Outcome explore(System& system, const ExploreOptions& options, const Limits& limits,
                Graph* keep = nullptr);

}  // namespace luproof::checker
