// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/dependencies.h"

#include <fmt/format.h>

#include <utility>

#include "model/topology_graph.h"

namespace luproof::model {

using Why = Dependency::Why;

namespace {

// Reached from `function` over edges[x], itself too.
void reach(int function, const std::vector<std::vector<int>>& edges, std::vector<char>& reached) {
  std::vector<char> seen(edges.size(), 0);
  std::vector<int> waiting = {function};
  while (!waiting.empty()) {
    const int at = waiting.back();
    waiting.pop_back();
    if (std::exchange(seen[at], 1)) continue;
    reached[at] = 1;
    waiting.insert(waiting.end(), edges[at].begin(), edges[at].end());
  }
}

}  // namespace

std::optional<Dependency> dependency(const Topology& topology, int function) {
  const PciFunction& f = topology.functions[function];
  if (f.any_pf) return Dependency{Why::VfOf, -1};
  if (f.pf >= 0) return Dependency{Why::VfOf, f.pf};
  if (f.any_parent) return Dependency{Why::Below, -1};
  if (f.parent >= 0) return Dependency{Why::Below, f.parent};
  return std::nullopt;
}

std::vector<int> related(const Topology& topology, int function) {
  const int count = static_cast<int>(topology.functions.size());
  std::vector<std::vector<int>> down(count), up(count);
  const auto edge = [&](int from, int to) {
    down[from].push_back(to);
    up[to].push_back(from);
  };
  for (int i = 0; i < count; ++i) {
    const auto next = dependency(topology, i);
    if (!next) continue;
    const FunctionKind kind = next->why == Why::VfOf ? FunctionKind::Pf : FunctionKind::Port;
    if (next->on >= 0) edge(i, next->on);
    for (int other = 0; next->on < 0 && other < count; ++other)
      if (other != i && topology.functions[other].kind == kind) edge(i, other);
  }
  std::vector<char> reached(count, 0);
  reach(function, down, reached);
  reach(function, up, reached);
  std::vector<int> all;
  for (int i = 0; i < count; ++i)
    if (reached[i]) all.push_back(i);
  return all;
}

std::string dependencies_dot(const Topology& topology, const std::vector<int>& shown, int asked) {
  std::string out = "digraph dependencies {\n  rankdir=BT;\n", edges;
  bool any_pf = false, any_port = false;
  for (const int i : shown) {
    out += fmt::format("  n{} [{}{}];\n", i, dot_looks(topology.functions[i]),
                       i == asked ? ", penwidth=3" : "");
    const auto next = dependency(topology, i);
    if (!next) continue;
    const bool of = next->why == Why::VfOf;
    const std::string to = next->on >= 0 ? fmt::format("n{}", next->on)
                           : of          ? "any_pf"
                                         : "any_port";
    if (next->on < 0) (of ? any_pf : any_port) = true;
    edges += fmt::format("  n{} -> {} [label=\"{}\"{}];\n", i, to, of ? "VF of" : "below",
                         of ? ", style=dashed" : "");
  }
  if (any_pf) out += "  any_pf [label=\"any PF\", shape=plaintext];\n";
  if (any_port) out += "  any_port [label=\"any port or none\", shape=plaintext];\n";
  return out + edges + "}\n";
}

}  // namespace luproof::model
