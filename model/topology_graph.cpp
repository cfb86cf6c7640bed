// SPDX-License-Identifier: GPL-2.0-or-later
// The topology as a graph: an edge leads from a function to what it needs, which is the port above
// it and, for a VF, its PF. Containment and dependency are then questions to Boost.Graph: a cycle
// is a back edge, and the closure is what a depth-first visit finishes, dependencies first.
#include "model/topology_graph.h"

#include <fmt/format.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <string_view>

namespace luproof::model {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;

Graph dependency_graph(const std::vector<PciFunction>& functions, bool with_pf) {
  Graph graph(functions.size());
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const PciFunction& function = functions[i];
    if (function.parent >= 0) boost::add_edge(i, static_cast<Vertex>(function.parent), graph);
    if (with_pf && function.pf >= 0) boost::add_edge(i, static_cast<Vertex>(function.pf), graph);
  }
  return graph;
}

struct BackEdges : boost::default_dfs_visitor {
  std::vector<int>* sources;
  explicit BackEdges(std::vector<int>& found) : sources(&found) {}
  template <class Edge>
  void back_edge(Edge edge, const Graph& graph) {
    sources->push_back(static_cast<int>(boost::source(edge, graph)));
  }
};

struct Finished : boost::default_dfs_visitor {
  std::vector<int>* order;
  explicit Finished(std::vector<int>& finished) : order(&finished) {}
  void finish_vertex(Vertex vertex, const Graph&) { order->push_back(static_cast<int>(vertex)); }
};

// By FunctionKind.
constexpr const char* kLooks[] = {"shape=box", "shape=ellipse", "shape=ellipse, style=dashed",
                                  "shape=plaintext"};

}  // namespace

std::string dot_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string dot_looks(const PciFunction& function) {
  std::string label = function.name;
  if (function.has_address && function.bdf.text() != label) label += ' ' + function.bdf.text();
  return fmt::format("label={}, {}", dot_quoted(label),
                     kLooks[static_cast<std::size_t>(function.kind)]);
}

std::vector<std::vector<int>> parent_cycles(const std::vector<PciFunction>& functions) {
  std::vector<int> sources;
  const Graph graph = dependency_graph(functions, false);
  boost::depth_first_search(graph, boost::visitor(BackEdges(sources)));
  // There is one parent each, so the links from a back edge's source lead around its cycle.
  std::vector<std::vector<int>> cycles;
  for (const int source : sources) {
    std::vector<int> cycle;
    int at = source;
    do {
      cycle.push_back(at);
      at = functions[at].parent;
    } while (at != source);
    cycles.push_back(std::move(cycle));
  }
  return cycles;
}

std::vector<int> dependency_closure(const Topology& topology, int function) {
  if (function < 0 || static_cast<std::size_t>(function) >= topology.functions.size()) return {};
  const Graph graph = dependency_graph(topology.functions, true);
  std::vector<boost::default_color_type> colors(topology.functions.size());
  std::vector<int> order;
  boost::depth_first_visit(
      graph, static_cast<Vertex>(function), Finished(order),
      boost::make_iterator_property_map(colors.begin(), boost::get(boost::vertex_index, graph)));
  return order;
}

std::string topology_dot(const Topology& topology) {
  std::string out = "digraph topology {\n  rankdir=TB;\n";
  for (std::size_t i = 0; i < topology.functions.size(); ++i) {
    const PciFunction& function = topology.functions[i];
    out += fmt::format("  n{} [{}];\n", i, dot_looks(function));
    if (function.parent >= 0) out += fmt::format("  n{} -> n{};\n", function.parent, i);
    if (function.pf >= 0) {
      out += fmt::format("  n{} -> n{} [style=dashed, label=\"PF\"];\n", i, function.pf);
    }
  }
  return out + "}\n";
}

}  // namespace luproof::model
