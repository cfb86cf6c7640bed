// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/show.h"

#include <fmt/format.h>

#include <bit>
#include <set>
#include <utility>

#include "model/dependencies.h"

namespace luproof::report {
namespace {

using model::Block;
using model::Model;
using model::printable;
using model::StmtKind;

const char* life_name(model::Life life) {
  switch (life) {
    case model::Life::Given:
      return "given";
    case model::Life::Hardware:
      return "hardware";
    case model::Life::Kernel:
      return "kernel";
    case model::Life::Handover:
      return "handover";
    case model::Life::Userspace:
      return "userspace";
    case model::Life::Guest:
      return "guest";
    case model::Life::History:
      return "history";
  }
  return "?";
}

const char* kind_name(model::FunctionKind kind) {
  switch (kind) {
    case model::FunctionKind::Port:
      return "port";
    case model::FunctionKind::Pf:
      return "pf";
    case model::FunctionKind::Vf:
      return "vf";
    case model::FunctionKind::Other:
      return "other";
  }
  return "?";
}

std::string type_name(const Model& m, const model::Cell& cell) {
  using Kind = model::Type::Kind;
  switch (cell.kind) {
    case model::CellKind::List:
      return "list of " + m.sorts[cell.type.id].name;
    case model::CellKind::Set:
      return "set of " + m.sorts[cell.type.id].name;
    case model::CellKind::Mutex:
      return "mutex";
    case model::CellKind::Rwlock:
      return "rwlock";
    case model::CellKind::Refcount:
      return fmt::format("refcount {}..{}", cell.type.low, cell.type.high);
    case model::CellKind::Data:
      break;
  }
  switch (cell.type.kind) {
    case Kind::Bool:
      return "bool";
    case Kind::Int:
      return fmt::format("int {}..{}", cell.type.low, cell.type.high);
    case Kind::Enum:
      return m.enums[cell.type.id].name;
    case Kind::Errno:
      return "errno";
    case Kind::Ref:
      return "ref " + m.sorts[cell.type.id].name;
    default:
      return "?";
  }
}

// What a block calls and fires, in the order of its text, each once.
void calls(const Block& block, std::vector<std::pair<bool, int>>& out) {
  auto add = [&](bool procedure, int id) {
    for (const auto& known : out)
      if (known == std::pair(procedure, id)) return;
    out.emplace_back(procedure, id);
  };
  for (const auto& s : block) {
    if (s->kind == StmtKind::Call) add(true, s->ref);
    if (s->kind == StmtKind::Fire) add(false, s->ref);
    if (s->undo) add(s->undo->kind == StmtKind::Call, s->undo->ref);
    calls(s->body, out);
    calls(s->orelse, out);
    for (const Block& alternative : s->alternatives) calls(alternative, out);
  }
}

void outline(const Model& m, const Block& block, int depth, std::set<int>& shown,
             std::string& out) {
  std::vector<std::pair<bool, int>> all;
  calls(block, all);
  for (const auto& [procedure, id] : all) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    if (!procedure) {
      out += fmt::format("{}{}  (event)\n", indent, printable(m.events[id].name));
      continue;
    }
    const bool again = !shown.insert(id).second;
    out +=
        fmt::format("{}{}{}\n", indent, printable(m.procedures[id].name), again ? "  (above)" : "");
    if (!again && depth < 30) outline(m, m.procedures[id].body, depth + 1, shown, out);
  }
}

}  // namespace

std::string show_topology(const model::Topology& topology) {
  std::string out = fmt::format("{:<16} {:<6} {:<14} {:<14} {}\n", "name", "kind", "address",
                                "below", "known of it");
  for (const model::PciFunction& f : topology.functions) {
    std::string facts;
    for (const auto& [name, value] : f.values)
      facts += fmt::format("{}{}={}", facts.empty() ? "" : " ", name, value);
    for (const auto& [name, value] : f.texts)
      facts += fmt::format("{}{}={}", facts.empty() ? "" : " ", name, value);
    for (const auto& [name, open] : f.open)
      facts += fmt::format("{}{}=any{}", facts.empty() ? "" : " ", name,
                           open.ranged ? fmt::format(" {}..{}", open.low, open.high) : "");
    const int above = f.pf >= 0 ? f.pf : f.parent;
    const bool any = f.any_pf || f.any_parent;
    out += fmt::format("{:<16} {:<6} {:<14} {:<14} {}\n", printable(f.name), kind_name(f.kind),
                       f.open_address ? "follows" : f.bdf.text(),
                       (f.pf >= 0 || f.any_pf ? "VF of " : "") +
                           (any         ? "any"
                            : above < 0 ? ""
                                        : printable(topology.functions[above].name)),
                       printable(facts));
  }
  for (const std::string& note : topology.notes) out += "note: " + printable(note) + "\n";
  return out;
}

std::string show_dependencies(const model::Topology& topology, const std::vector<int>& shown) {
  std::string out;
  for (const int i : shown) {
    const model::PciFunction& f = topology.functions[i];
    std::string chain;
    const char* word = "below ";  // said once
    for (auto next = model::dependency(topology, i); next;
         next = next->on < 0 ? std::nullopt : model::dependency(topology, next->on)) {
      const bool of = next->why == model::Dependency::Why::VfOf;
      if (!chain.empty()) chain += ", ";
      chain += of ? "VF of " : std::exchange(word, "");
      chain += next->on >= 0 ? printable(topology.functions[next->on].name)
               : of          ? "any PF"
                             : "any port or none";
    }
    const bool address = f.has_address && !f.open_address && f.bdf.text() != f.name;
    out += fmt::format("{}{}: {}\n", printable(f.name),
                       address ? fmt::format(" ({})", f.bdf.text()) : "",
                       chain.empty() ? "on a root bus" : chain);
  }
  for (const std::string& note : topology.notes) out += "note: " + printable(note) + "\n";
  return out.empty() ? "there are no functions\n" : out;
}

std::string show_claims(const Model& m) {
  std::string out;
  for (const model::Claim& c : m.claims) {
    std::string levels;
    for (const std::string& level : c.levels) levels += (levels.empty() ? "" : ", ") + level;
    out += fmt::format("claim {}: for each {}, level {}  ({})\n", printable(c.name),
                       m.sorts[c.sort].name, printable(levels), c.origin.span.where());
    for (const model::Property& p : m.properties)
      for (const model::Clause& clause : p.clauses)
        if (clause.claim >= 0 && m.claims[clause.claim].name == c.name)
          out += fmt::format("  {}: {}\n", printable(p.name), printable(p.because));
  }
  return out.empty() ? "nothing is claimed\n" : out;
}

std::string show_system(const checker::System& system) {
  const Model& m = *system.model;
  std::string out = "cells\n";
  for (const model::Cell& c : m.cells)
    out += fmt::format("  {:<10} {:<34} {:<20} {}\n", life_name(c.life), printable(c.shown),
                       printable(type_name(m, c)), printable(c.origin.pack));
  out += "actors\n";
  for (std::size_t i = 0; i < system.layout->instances().size(); ++i) {
    const auto& instance = system.layout->instances()[i];
    const checker::Program& program = system.programs[instance.actor];
    std::size_t steps = 0, transitions = 0;
    for (const auto& p : program.points) steps += p.step;
    for (const auto& ids : system.at[i]) transitions += ids.size();
    out += fmt::format("  {:<10} {:<34} {} step points, {} columns, {} transitions\n",
                       life_name(m.actors[instance.actor].life),
                       printable(system.layout->instance_name(static_cast<int>(i))), steps,
                       program.columns.size(), transitions);
  }
  unsigned bits = 0;
  for (const checker::SlotRange& slot : system.slots)
    bits += static_cast<unsigned>(
        std::bit_width(static_cast<std::uint64_t>(std::int64_t{slot.high} - slot.low)));
  out += fmt::format(
      "ground system: {} slots ({} of data), {} bits, {} transitions, {} of them events that "
      "happen by themselves\n",
      system.slots.size(), system.data_slots(), bits, system.transitions.size(),
      system.anywhere.size());
  return out;
}

std::string show_lifecycle(const Model& m) {
  std::string out;
  for (const model::Actor& a : m.actors) {
    const char* in = a.in == model::Kernels::Old   ? "the old kernel"
                     : a.in == model::Kernels::New ? "new kernels"
                                                   : "every kernel";
    out += fmt::format("{} ({}, in {})\n", printable(a.name), life_name(a.life), in);
    std::set<int> shown;
    outline(m, a.body, 1, shown, out);
  }
  bool head = false;
  for (const model::Event& e : m.events)
    if (e.when) {
      if (!head) out += "by themselves\n";
      head = true;
      out +=
          fmt::format("  {}{}\n", printable(e.name),
                      e.act < 0 ? "" : "  (environment act " + printable(m.acts[e.act].name) + ")");
    }
  return out;
}

std::string lifecycle_dot(const Model& m) {
  std::string out = "digraph lifecycle {\n  rankdir=LR;\n";
  std::set<int> fired;
  // Names of a spec are identifiers by the lexer; quoting keeps hyphens in.
  auto edge = [&](const std::string& from, const Block& block) {
    std::vector<std::pair<bool, int>> all;
    calls(block, all);
    for (const auto& [procedure, id] : all) {
      if (!procedure) fired.insert(id);
      out += fmt::format("  \"{}\" -> \"{}\";\n", printable(from),
                         printable(procedure ? m.procedures[id].name : m.events[id].name));
    }
  };
  for (const model::Actor& a : m.actors) {
    out += fmt::format("  \"{}\" [shape=box];\n", printable(a.name));
    edge(a.name, a.body);
  }
  for (const model::Procedure& p : m.procedures) edge(p.name, p.body);
  // Events of packs that nothing here leads to say nothing.
  for (std::size_t i = 0; i < m.events.size(); ++i)
    if (m.events[i].when || fired.count(static_cast<int>(i)) > 0)
      out += fmt::format("  \"{}\" [style=rounded, shape=box];\n", printable(m.events[i].name));
  return out + "}\n";
}

}  // namespace luproof::report
