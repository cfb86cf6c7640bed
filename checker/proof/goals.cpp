// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/goals.h"

#include <algorithm>
#include <set>

namespace luproof::checker::proof {
namespace {

template <typename T>
bool among(const std::vector<T>& list, T one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// The value is none of the slot's; -1 if it always is.
Term outside_of(System& system, int slot, Term value) {
  Terms& terms = system.terms;
  const TermNode node = terms[value];
  const SlotRange range = system.slots[slot];
  if (node.low >= range.low && node.high <= range.high) return -1;
  return terms.disj(terms.lt(value, terms.constant(range.low)),
                    terms.lt(terms.constant(range.high), value));
}

}  // namespace

Goals goals_of(System& system, const std::vector<int>& properties,
               const std::vector<Fault>& happening) {
  Goals goals;
  goals.properties = properties;
  std::sort(goals.properties.begin(), goals.properties.end());
  for (const int p : goals.properties)
    if (system.bad[p] >= 0 && !system.terms.is_false(system.bad[p]))
      goals.list.push_back({Goal::Kind::State, system.bad[p], p, -1});
  std::set<Fault> faults;
  for (std::size_t i = 0; i < system.transitions.size(); ++i) {
    const Transition& t = system.transitions[i];
    const int id = static_cast<int>(i);
    if (t.fault != Fault::None) {
      if (among(happening, t.fault)) continue;
      faults.insert(t.fault);
      goals.list.push_back({Goal::Kind::Fault, t.guard, -1, id});
      continue;
    }
    for (const StepCheck& check : t.checks) {
      const Term bad = system.terms.conj(t.guard, check.bad);
      if (among(goals.properties, check.property) && !system.terms.is_false(bad))
        goals.list.push_back({Goal::Kind::Step, bad, check.property, id});
    }
    for (const auto& [slot, value] : t.updates)
      if (const Term outside = outside_of(system, slot, value); outside >= 0 && !t.exhausted)
        goals.list.push_back({Goal::Kind::Range, system.terms.conj(t.guard, outside), -1, id});
    if (t.exhausted) goals.list.push_back({Goal::Kind::Full, t.guard, -1, id});
  }
  goals.faults.assign(faults.begin(), faults.end());
  return goals;
}

Provable provable(const model::Model& model, const std::vector<Finding>& findings) {
  Provable result;
  for (const Finding& f : findings) {
    const bool safe = f.verdict == Verdict::Holds || f.verdict == Verdict::Vacuous;
    if (f.index >= 0 && safe && model.properties[f.index].kind == model::PropertyKind::Safety)
      result.properties.push_back(f.index);
    if (f.index >= 0 || f.verdict != Verdict::Violated) continue;
    for (int fault = 1; fault <= static_cast<int>(Fault::EndlessLoop); ++fault)
      if (f.property == fault_name(static_cast<Fault>(fault)))
        result.happening.push_back(static_cast<Fault>(fault));
  }
  return result;
}

}  // namespace luproof::checker::proof
