// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_order.h"

#include <algorithm>

namespace luproof::checker::smt {

StepOrder::StepOrder(System& system) : actors_(system.point_slot.size() + 1) {
  std::vector<int> owner(system.slots.size(), -1);  // of control; -1: data
  for (std::size_t i = 0; i < system.point_slot.size(); ++i) {
    const std::size_t end =
        i + 1 < system.point_slot.size() ? system.point_slot[i + 1] : system.slots.size();
    for (std::size_t s = system.point_slot[i]; s < end; ++s) owner[s] = static_cast<int>(i);
  }
  const int slots = static_cast<int>(system.slots.size());
  std::vector<int> user(slots, -1);  // actor; actors_: several
  std::vector<char> written(slots, 0);
  const auto use = [&](int slot, int actor) {
    if (user[slot] == -1) user[slot] = actor;
    if (user[slot] != actor) user[slot] = static_cast<int>(actors_);
  };
  for (const Transition& transition : system.transitions) {
    Access access;
    access.actor = transition.instance + 1;
    std::vector<char> support(slots, 0);
    system.terms.support(transition.guard, support);
    for (const auto& [slot, term] : transition.updates) {
      system.terms.support(term, support);
      access.writes.push_back(slot);
      if (owner[slot] >= 0 && owner[slot] != transition.instance) access.everything = true;
    }
    for (int s = 0; s < slots; ++s) {
      if (!support[s]) continue;
      access.reads.push_back(s);
      if (owner[s] >= 0 && owner[s] != transition.instance) access.everything = true;
    }
    if (!access.everything) {
      for (const int slot : access.reads) use(slot, access.actor);
      for (const int slot : access.writes) {
        use(slot, access.actor);
        written[slot] = 1;
      }
    }
    accesses_.push_back(std::move(access));
  }
  std::vector<int> number(slots, -1);
  for (int s = 0; s < slots; ++s)
    if (written[s] && user[s] == static_cast<int>(actors_)) number[s] = static_cast<int>(shared_++);
  for (Access& access : accesses_)
    for (auto* list : {&access.reads, &access.writes}) {
      for (int& slot : *list) slot = number[slot];
      std::erase(*list, -1);
    }
}

StepOrder::Touched StepOrder::touched(const std::vector<Taken>& step, Circuit& circuit) const {
  Touched result;
  std::vector<std::vector<Lit>> actors(actors_);
  result.reads.resize(shared_);
  result.writes.resize(shared_);
  for (const Taken& taken : step) {
    const Access& access = accesses_[taken.transition];
    actors[access.actor].push_back(taken.lit);
    if (access.everything) result.everything.push_back(taken.lit);
    for (const int slot : access.reads) result.reads[slot].push_back(taken.lit);
    for (const int slot : access.writes) result.writes[slot].push_back(taken.lit);
  }
  for (auto& lits : actors) result.by_actor.push_back(circuit.any(std::move(lits)));
  return result;
}

void StepOrder::sort(Circuit& circuit, const std::vector<Taken>& first,
                     const std::vector<Taken>& second, Lit third) const {
  const Touched a = touched(first, circuit), b = touched(second, circuit);
  std::vector<Lit> dependent = a.everything;
  dependent.insert(dependent.end(), b.everything.begin(), b.everything.end());
  for (std::size_t s = 0; s < shared_; ++s) {
    const Lit writes_a = circuit.any(a.writes[s]), writes_b = circuit.any(b.writes[s]);
    const Lit reads_a = circuit.any(a.reads[s]), reads_b = circuit.any(b.reads[s]);
    dependent.push_back(circuit.all({writes_a, circuit.any({reads_b, writes_b})}));
    dependent.push_back(circuit.all({reads_a, writes_b}));
  }
  const Lit depends = circuit.any(std::move(dependent));
  Lit lower = b.by_actor[0];
  for (std::size_t actor = 1; actor < actors_; ++actor) {
    circuit.clause({-third, -a.by_actor[actor], -lower, depends});
    lower = circuit.any({lower, b.by_actor[actor]});
  }
}

}  // namespace luproof::checker::smt
