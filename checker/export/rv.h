// SPDX-License-Identifier: GPL-2.0-or-later
// A design as a deterministic automaton over what one kernel can see of it, for the generator of
// monitors in the kernel's tree (tools/verification/rvgen).
//
// Kexec ends a monitor with its kernel, so a run is cut into the lives of its kernels. The
// automaton accepts exactly what a life can show, at all depths: the explored graph, steps that
// show nothing left out, made deterministic and as small as it can be.
#pragma once

#include <optional>

#include "checker/explorer/explorer.h"
#include "checker/export/rv_watch.h"

namespace luproof::checker::exporter {

// The name of a state that is never come to; see rv_text.cpp.
constexpr const char* kNowhere = "nowhere";

struct RvAutomaton {
  std::vector<RvSymbol> symbols;
  struct State {
    std::string name;
    std::vector<int> next;  // of each symbol; -1: not allowed
    std::vector<int> path;  // symbols of a shortest way here
  };
  std::vector<State> states;  // 0: where it begins
  // With a property: steps that break it, by the state of the automaton in front of them and by
  // what they show. Told: the automaton refuses them. Else other runs that keep it look the same.
  std::size_t told = 0, untold = 0;
  bool any = false;    // a run ends at a full pool, behind which everything is allowed
  std::string failed;  // "too many states", "memory", "timeout", "interrupt": there is no automaton

  bool never(int symbol) const;  // no state has it: a kernel that does it does wrong
  // Where a word leads from the start, -1: it is refused.
  int after(const std::vector<int>& word) const;
};

// The graph has every state, with edges. Some states of it may stand for others by an exchange, as
// long as the question speaks of no single element.
RvAutomaton rv_automaton(const System& system, const Graph& graph, const Statistics& statistics,
                         const RvWatch& watch, const RvQuestion& question, const Limits& limits);

// As Graphviz text that rvgen reads. `about`: lines of the comment that it begins with.
std::string rv_text(const RvAutomaton& automaton, const std::vector<std::string>& about);

}  // namespace luproof::checker::exporter
