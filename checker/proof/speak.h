// SPDX-License-Identifier: GPL-2.0-or-later
// Slots, values, control points and clauses in the words of the spec.
#pragma once

#include <string>
#include <vector>

#include "checker/ground/system.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

class Speaker {
 public:
  explicit Speaker(const System& system);

  const std::string& slot(int slot) const { return names_[slot]; }
  std::string value(int slot, Value value) const;
  // "luo_prepare (luo-v4.yaml:57)" of the place where a statement stands; "" if it has none.
  std::string place(int statement) const;
  std::string step(const Transition& transition) const;
  // "function.bus_master[vf0]", "luo is Prepared or Frozen", "kernel_7 is in luo_prepare".
  std::string atom(const Atom& atom) const;
  std::string negated(const Atom& atom) const;
  // "while A and B: C or D"; `possible`: values that each slot can have at all.
  std::string clause(const Clause& clause) const;

 private:
  std::string points(int instance, const std::vector<Value>& values, bool inside) const;
  std::string among(int slot, const std::vector<Value>& values, bool in) const;

  const System& system_;
  std::vector<std::string> names_;
  std::vector<int> instance_;               // of slots that are control points; else -1
  std::vector<std::string> rules_, files_;  // of statements: who holds it, and where it stands
};

}  // namespace luproof::checker::proof
