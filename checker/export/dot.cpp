// SPDX-License-Identifier: GPL-2.0-or-later
// Pictures: all states where they are few, else what steps lead from where to where in each actor.
#include <fmt/format.h>

#include <set>

#include "checker/export/export.h"
#include "checker/export/names.h"
#include "checker/export/walk.h"

namespace luproof::checker::exporter {
namespace {

constexpr std::size_t kMostStates = 500;  // that a picture can show

std::string states(const Program& program, const Walked& walked) {
  std::string out;
  for (std::size_t i = 0; i < walked.starts; ++i) out += fmt::format("  n{} [shape=box];\n", i);
  for (const Walked::Edge& edge : walked.edges)
    out += fmt::format("  n{} -> n{} [label=\"{}\"];\n", edge.from, edge.to,
                       program.rules[edge.rule].shown);
  return out;
}

std::string control(const Program& program) {
  const System& system = *program.system;
  std::string out;
  for (std::size_t i = 0; i < system.point_slot.size(); ++i) {
    out += fmt::format("  subgraph cluster_{} {{\n    label=\"{}\";\n", i,
                       harmless(system.layout->instance_name(static_cast<int>(i))));
    std::set<std::string> edges;
    for (const Rule& rule : program.rules) {
      const Transition& t = system.transitions[rule.transition];
      if (t.instance != static_cast<int>(i)) continue;
      const std::string from = fmt::format("a{}_{}", i, t.from);
      const std::string after = t.to < 0 ? "kexec" : std::to_string(t.to);
      const std::string to = fmt::format("a{}_{}", i, rule.ends ? "ends" : after);
      edges.insert(fmt::format("    {} -> {} [label=\"{}\"];\n", from, to, rule.shown));
    }
    for (const std::string& edge : edges) out += edge;
    out += "  }\n";
  }
  std::set<std::string> alone;
  for (const Rule& rule : program.rules)
    if (system.transitions[rule.transition].instance < 0)
      alone.insert(fmt::format("  by_itself -> by_itself [label=\"{}\"];\n", rule.shown));
  for (const std::string& edge : alone) out += edge;
  return out;
}

}  // namespace

Written dot(const Program& program) {
  const auto walked = walk(program, kMostStates);
  return {fmt::format("digraph \"{}\" {{\n{}}}\n", program.shown,
                      walked ? states(program, *walked) : control(program)),
          ""};
}

}  // namespace luproof::checker::exporter
