// SPDX-License-Identifier: GPL-2.0-or-later
// Whether an invariant is one, asked of Z3 step by step; nothing of a prover's own is used.
#pragma once

#include <optional>
#include <string>

#include "checker/bits/words.h"
#include "checker/ground/system.h"
#include "checker/proof/invariant.h"
#include "checker/smt_circuit.h"

namespace luproof::checker {

inline bool holds_in(const Clause& clause, const State& state) {
  for (const Atom& atom : clause)
    for (const Value v : atom.values)
      if (state[atom.slot] == v) return true;
  return false;
}

class InvariantCheck {
 public:
  InvariantCheck(System& system, const Invariant& invariant)
      : system_(system), invariant_(invariant), circuit_(limits_) {
    for (const SlotRange& range : system.slots) {
      words_.push_back(range.low == range.high ? bits::constant_word(range.low)
                                               : bits::fresh_word(circuit_, range.low, range.high));
      circuit_.clause({-bits::less(circuit_, words_.back(), bits::constant_word(range.low))});
      circuit_.clause({-bits::less(circuit_, bits::constant_word(range.high), words_.back())});
    }
    for (const Clause& clause : invariant.clauses) circuit_.clause({says(clause, words_)});
  }

  // "" or what is wrong. `properties`: which are to follow from it, and that nothing goes wrong.
  std::string wrong(const std::vector<int>& properties) {
    const auto starts = initial_states(system_, 100'000);
    if (!starts) return "too many starts";
    for (const State& start : *starts)
      for (const Clause& clause : invariant_.clauses)
        if (!holds_in(clause, start)) return "it is false in a first state";
    bits::Encoder<smt::Circuit> encoder(circuit_, system_.terms, words_);
    for (const int p : properties)
      if (system_.bad[p] >= 0 && possible({encoder.truth(system_.bad[p])}))
        return "it allows a bad state";
    for (const Transition& t : system_.transitions) {
      const bits::Lit guard = encoder.truth(t.guard);
      if (guard == bits::kFalse || !possible({guard})) continue;
      if (t.fault != Fault::None) return "it allows a fault";
      for (const StepCheck& check : t.checks)
        for (const int p : properties)
          if (check.property == p && possible({guard, encoder.truth(check.bad)}))
            return "it allows a bad step";
      if (t.exhausted) return "it allows a full pool";
      std::vector<bits::Word> after = words_;
      for (const auto& [slot, term] : t.updates) after[slot] = encoder.word(term);
      std::vector<bits::Lit> lost;
      for (const Clause& clause : invariant_.clauses) lost.push_back(-says(clause, after));
      if (possible({guard, circuit_.any(lost)})) return "a step does not keep it";
    }
    return "";
  }

 private:
  bits::Lit says(const Clause& clause, const std::vector<bits::Word>& words) {
    std::vector<bits::Lit> ways;
    for (const Atom& atom : clause)
      for (const Value v : atom.values)
        ways.push_back(bits::equal(circuit_, words[atom.slot], bits::constant_word(v)));
    return circuit_.any(ways);
  }
  bool possible(const std::vector<bits::Lit>& lits) {
    for (const bits::Lit lit : lits)
      if (lit == bits::kFalse) return false;
    return circuit_.check(lits) != smt::Answer::Unsat;
  }

  System& system_;
  const Invariant& invariant_;
  Limits limits_;
  smt::Circuit circuit_;
  std::vector<bits::Word> words_;
};

}  // namespace luproof::checker
