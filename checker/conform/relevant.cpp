// SPDX-License-Identifier: GPL-2.0-or-later
// A cone of influence: control and the values of what can be seen matter; so does what a step reads
// that writes something that matters; and so on, until nothing new does.
#include "checker/conform/relevant.h"

#include <algorithm>

namespace luproof::checker {

Relevant relevant(const System& system, const Shown& shown, bool properties) {
  Relevant result;
  result.slots.assign(system.slots.size(), 0);
  result.transitions.assign(system.transitions.size(), 0);
  const auto read = [&](Term t) {
    if (t >= 0) system.terms.support(t, result.slots);
  };
  for (const int slot : system.point_slot) result.slots[static_cast<std::size_t>(slot)] = 1;
  if (properties) {
    for (const Term bad : system.bad) read(bad);
    for (const Transition& t : system.transitions)
      for (const StepCheck& check : t.checks) read(check.bad);
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t id = 0; id < system.transitions.size(); ++id) {
      if (result.transitions[id]) continue;
      const Transition& t = system.transitions[id];
      const bool matters = !shown.of(static_cast<int>(id)).empty() || t.kexec ||
                           t.fault != Fault::None || (properties && !t.checks.empty()) ||
                           std::any_of(t.updates.begin(), t.updates.end(), [&](const auto& update) {
                             return result.slots[static_cast<std::size_t>(update.first)] != 0;
                           });
      if (!matters) continue;
      result.transitions[id] = 1;
      grown = true;
      read(t.guard);
      for (const Emission& e : shown.of(static_cast<int>(id))) {
        read(e.result);
        for (const Term arg : e.args) read(arg);
      }
    }
    // What is written into a slot that matters, by any step that is taken.
    const std::vector<char> before = result.slots;
    for (std::size_t id = 0; id < system.transitions.size(); ++id)
      if (result.transitions[id])
        for (const auto& [slot, value] : system.transitions[id].updates)
          if (result.slots[static_cast<std::size_t>(slot)]) read(value);
    grown = grown || before != result.slots;
  }
  return result;
}

}  // namespace luproof::checker
