// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/export.h"

#include <algorithm>

namespace luproof::checker::exporter {

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets = {
      {"promela", "SPIN", "", promela},
      {"murphi", "Rumur", "", murphi},
      {"tla", "TLC", ".cfg", tla},
      {"smt2", "SMT solvers: functions init, trans and bad", "", smt2},
      {"aiger", "ABC: one output a property", "", aiger},
      {"aag", "the same as text", "", aag},
      {"btor2", "word-level model checkers", "", btor2},
      {"dot", "Graphviz: states, or control points where states are many", "", dot},
  };
  return kTargets;
}

const Target* find_target(std::string_view name) {
  const auto at = std::find_if(targets().begin(), targets().end(),
                               [&](const Target& t) { return t.name == name; });
  return at == targets().end() ? nullptr : &*at;
}

}  // namespace luproof::checker::exporter
