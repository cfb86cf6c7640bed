// SPDX-License-Identifier: GPL-2.0-or-later
// All that the interpreter reaches, for comparing it with an engine.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "checker/explorer/explorer.h"
#include "checker/interpreter.h"

namespace luproof::checker {

struct Reached {
  std::set<std::pair<State, std::vector<int>>> places;  // data, and the statement of each actor
  std::set<std::string> faults;
  std::set<int> violated;    // declared properties
  std::size_t shortest = 0;  // states on a shortest way to a violation of one; 0 none
  bool full_pool = false;
  bool too_large = false;
};

inline Reached interpret(const model::Model& model, const model::Layout& layout,
                         std::size_t limit) {
  const Interpreter interpreter(model, layout);
  Reached reached;
  std::set<std::string> seen;
  std::deque<std::pair<Configuration, std::size_t>> open;
  auto note = [&](int property, std::size_t steps) {
    reached.violated.insert(property);
    if (!reached.shortest || steps < reached.shortest) reached.shortest = steps;
  };
  const auto starts = interpreter.initial();
  if (!starts) {
    reached.too_large = true;
    return reached;
  }
  for (const Configuration& start : *starts)
    if (seen.insert(interpreter.key(start)).second) open.emplace_back(start, 1);
  while (!open.empty()) {
    const auto [at, steps] = open.front();
    open.pop_front();
    reached.places.insert({at.data, interpreter.positions(at)});
    for (int p = 0; p < static_cast<int>(model.properties.size()); ++p)
      if (interpreter.bad_state(p, at)) note(p, steps);
    for (const Successor& s : interpreter.successors(at)) {
      if (s.fault != Fault::None) {
        reached.faults.insert(fault_name(s.fault));
        continue;
      }
      for (int p = 0; p < static_cast<int>(model.properties.size()); ++p)
        if (interpreter.bad_step(p, at, s)) note(p, steps + 1);
      if (s.scope_exhausted)
        reached.full_pool = true;
      else if (seen.insert(interpreter.key(s.next)).second)
        open.emplace_back(s.next, steps + 1);
    }
    if (seen.size() > limit) {
      reached.too_large = true;
      break;
    }
  }
  return reached;
}

// The same of an explored graph; verdicts are in its Outcome.
inline Reached places_of(const System& system, const Graph& graph, const model::Layout& layout) {
  Reached reached;
  State state;
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    graph.store.unpack(n, state);
    std::vector<int> positions;
    for (int i = 0; i < static_cast<int>(layout.instances().size()); ++i)
      positions.push_back(system.position(state, i));
    reached.places.insert({State(state.begin(), state.begin() + layout.slots()), positions});
  }
  return reached;
}

}  // namespace luproof::checker
