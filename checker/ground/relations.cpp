// SPDX-License-Identifier: GPL-2.0-or-later
// The PCI tree as terms, where the topology leaves parents and PFs open.
//
// They are given cells, so a relation is the same term in every state: over the slots that are
// chosen at the start, and constant wherever the topology is.
#include <algorithm>

#include "checker/ground/evaluator.h"

namespace luproof::checker {

using model::FunctionKind;
using model::Part;
using model::Relation;

Term Evaluator::pf_of(int function) {
  if (m_.pf_cell < 0) return t_.constant(m_.topology.functions[function].pf + 1);
  return s_.slot(layout_.find(Part::Value, m_.pf_cell)->base + function);
}

Term Evaluator::parent_of(int function) {
  const auto& functions = m_.topology.functions;
  if (m_.parent_cell < 0) return t_.constant(functions[function].parent + 1);
  const int base = layout_.find(Part::Value, m_.parent_cell)->base;
  if (functions[function].kind != FunctionKind::Vf) return s_.slot(base + function);
  Term result = t_.constant(0);
  const Term pf = pf_of(function);
  for (int p = 0; p < static_cast<int>(functions.size()); ++p)
    if (functions[p].kind == FunctionKind::Pf)
      result = t_.ite(t_.eq(pf, t_.constant(p + 1)), s_.slot(base + p), result);
  return result;
}

// Ways of at most as many steps as there are ports; more would pass one twice.
void Evaluator::close_upwards() {
  const int functions = static_cast<int>(m_.topology.functions.size());
  const int ports = m_.sorts[model::kPort].size;
  const auto step = [&](int f, const std::vector<std::vector<Term>>& known) {
    std::vector<Term> row(ports, t_.truth(false));
    const Term parent = parent_of(f);
    for (int p = 0; p < ports; ++p) {
      const Term below_p = t_.eq(parent, t_.constant(p + 1));
      for (int b = 0; b < ports && !t_.is_false(below_p); ++b)
        row[b] = t_.disj(row[b], p == b ? below_p : t_.conj(below_p, known[p][b]));
    }
    return row;
  };
  std::vector<std::vector<Term>> of_ports(ports, std::vector<Term>(ports, t_.truth(false)));
  for (int k = 0; k < ports; ++k) {
    auto longer = of_ports;
    for (int p = 0; p < ports; ++p) longer[p] = step(p, of_ports);
    if (longer == of_ports) break;
    of_ports = std::move(longer);
  }
  for (int f = 0; f < functions; ++f) above_.push_back(step(f, of_ports));
}

// Ports are the first functions, so a port's index is its place among them.
Term Evaluator::above(int port, int function) {
  if (port >= m_.sorts[model::kPort].size) return t_.truth(false);
  if (above_.empty()) close_upwards();
  return above_[function][port];
}

Term Evaluator::below(int lower, int upper) {
  return t_.disj(t_.eq(pf_of(lower), t_.constant(upper + 1)), above(upper, lower));
}

Term Evaluator::related(Relation relation, int of, int member) {
  switch (relation) {
    case Relation::Upstream:
      return above(member, of);
    case Relation::Children:
      return t_.eq(parent_of(member), t_.constant(of + 1));
    case Relation::Vfs:
      return t_.eq(pf_of(member), t_.constant(of + 1));
    case Relation::Subtree:
      return of == member ? t_.truth(false) : above(of, member);
  }
  return t_.truth(false);
}

// All functions that may be related, in the order of the topology.
SetTerm Evaluator::open_relation(Relation relation, Term on) {
  SetTerm result;
  const int functions = static_cast<int>(m_.topology.functions.size());
  for (int i = 0; i < functions; ++i) {
    Term in = t_.truth(false);
    for (int f = 0; f < functions; ++f) {
      const Term is = t_.eq(on, t_.constant(f + 1));
      if (!t_.is_false(is)) in = t_.disj(in, t_.conj(is, related(relation, f, i)));
    }
    if (!t_.is_false(in)) result.members.push_back({t_.constant(i + 1), in, -1});
  }
  return result;
}

}  // namespace luproof::checker
