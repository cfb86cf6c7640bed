// SPDX-License-Identifier: GPL-2.0-or-later
// From the graph back to a run: the way to a state by its predecessors.
//
// Where a state stands for all that differ from it by an exchange, the way is walked again from the
// start: of what is possible in the state that was really reached, the first step that leads to the
// next one up to an exchange. That the states correspond says that there is one.
#include "checker/explorer/path.h"

#include <algorithm>

namespace luproof::checker {

Run run_along(const System& system, const Way& way, std::int32_t last) {
  Run run;
  const auto data = static_cast<std::ptrdiff_t>(system.data_slots());
  auto step = [&](int id, const State& before) {
    const Transition& t = system.transitions[static_cast<std::size_t>(id)];
    for (std::size_t l = 0; l < t.labels.size(); ++l) {
      run.steps.push_back(t.labels[l]);
      run.args.emplace_back();
      if (l < t.args.size())
        for (const Term a : t.args[l]) run.args.back().push_back(system.terms.evaluate(a, before));
      if (l + 1 < t.labels.size())
        run.states.emplace_back();  // within a fused step: the replay fills it in
    }
    run.weight += t.weight;
  };
  for (std::size_t i = 0; i < way.states.size(); ++i) {
    if (i > 0) step(way.by[i - 1], way.states[i - 1]);
    run.states.emplace_back(way.states[i].begin(), way.states[i].begin() + data);
  }
  if (last < 0) return run;
  const Transition& t = system.transitions[static_cast<std::size_t>(last)];
  const State& before = way.states.back();
  step(last, before);
  run.fault = t.fault;
  run.fault_span = t.fault_span;
  if (t.fault == Fault::None) {
    State next(before.begin(), before.begin() + data);
    for (const auto& [slot, value] : t.updates)
      if (slot < system.data_slots())
        next[static_cast<std::size_t>(slot)] = system.terms.evaluate(value, before);
    run.states.push_back(std::move(next));
  }
  return run;
}

std::vector<std::uint32_t> path_to(const Graph& graph, std::uint32_t node) {
  std::vector<std::uint32_t> path = {node};
  while (graph.nodes[path.back()].transition >= 0) path.push_back(graph.nodes[path.back()].parent);
  std::reverse(path.begin(), path.end());
  return path;
}

Run run_to(const System& system, const Graph& graph, std::uint32_t node, std::int32_t by) {
  Way way;
  for (const std::uint32_t at : path_to(graph, node)) {
    if (!way.states.empty()) way.by.push_back(graph.nodes[at].transition);
    way.states.emplace_back();
    graph.store.unpack(at, way.states.back());
  }
  return run_along(system, way, by);
}

std::optional<Run> run_to(const System& system, const Graph& graph, const Canonical& canonical,
                          Moves& moves, const std::vector<State>& starts, std::uint32_t node,
                          std::int32_t by, int property) {
  const Packing& packing = graph.store.packing();
  const std::vector<std::uint32_t> path = path_to(graph, node);
  std::vector<std::uint64_t> words(packing.words()), next(words), reached(words);
  auto stands_for = [&](std::uint32_t number) {
    std::vector<std::uint64_t> sorted = next;
    canonical.make(sorted.data());
    return std::equal(sorted.begin(), sorted.end(), graph.store.at(number));
  };
  Way way;
  for (const State& start : starts) {
    packing.pack(start, next.data());
    if (!stands_for(path[0])) continue;
    way.states.push_back(start);
    break;
  }
  if (way.states.empty()) return std::nullopt;
  words = next;
  Seen seen(packing);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Graph::Node &from = graph.nodes[path[i - 1]], &to = graph.nodes[path[i]];
    int best = -1;
    seen.look(words.data());
    moves.each(seen, [&](const Moves::Move& move) {
      if (move.ends || (best >= 0 && best <= move.id)) return;
      const Transition& t = *move.transition;
      if (from.weight + t.weight != to.weight || from.length + t.labels.size() != to.length) return;
      next = words;
      moves.follow(move, seen, next.data());
      if (!stands_for(path[i])) return;
      best = move.id;
      reached = next;
    });
    if (best < 0) return std::nullopt;
    words = reached;
    way.by.push_back(best);
    way.states.emplace_back();
    packing.unpack(words.data(), way.states.back());
  }
  if (by < 0) return run_along(system, way, -1);
  const Transition& wanted = system.transitions[static_cast<std::size_t>(by)];
  int last = -1;
  seen.look(words.data());
  moves.each(seen, [&](const Moves::Move& move) {
    const Transition& t = *move.transition;
    if ((last >= 0 && last <= move.id) || t.fault != wanted.fault || t.weight != wanted.weight ||
        t.labels.size() != wanted.labels.size())
      return;
    bool same = t.fault != Fault::None;
    if (move.checked)
      moves.checks(move, seen, [&](int broken) { same = same || broken == property; });
    if (same) last = move.id;
  });
  if (last < 0) return std::nullopt;
  return run_along(system, way, last);
}

}  // namespace luproof::checker
