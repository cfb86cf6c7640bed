// SPDX-License-Identifier: GPL-2.0-or-later
// One question to the solver, with only what it is about.
//
// A question about one clause reads a few dozen of thousands of bits. So only its gates are loaded,
// and of the clauses that may be assumed only those that an answer would violate: most questions
// are refused with a handful. What is not loaded is no gap: a slot that nothing loaded speaks of
// can have the value that it has in some reachable state, where all clauses are true.
#pragma once

#include <map>
#include <optional>

#include "checker/pdr/solver.h"
#include "checker/proof/step.h"

namespace luproof::checker::proof {

class Question {
 public:
  Question(Step& step, const std::vector<Clause>& clauses, const Limits& limits)
      : step_(step), clauses_(clauses), limits_(limits), solver_(limits) {}

  // Whether one of these can be true in a state of the box in which the clauses that `may` admits
  // are. Throws Ended where a limit comes before there is a question.
  template <typename May>
  pdr::Answer ask(bits::Lit wanted, const May& may) {
    const bits::Lit asked = load(wanted);
    for (;;) {
      std::vector<bits::Lit> assumptions = {asked};
      for (const auto& [k, lit] : assumed_)
        if (may(k)) assumptions.push_back(lit);
      const pdr::Answer answer = solver_.solve(assumptions);
      if (answer != pdr::Answer::Sat) return answer;
      if (!load_violated(may)) return answer;
    }
  }
  std::vector<int> core() const;  // after Unsat: clauses that it used
  // After Sat. A slot that is not loaded has no value.
  std::optional<Value> value(int slot) const;
  bool is(bits::Lit lit) { return solver_.value(load(lit)); }

 private:
  bits::Lit load(bits::Lit lit);
  void load_slot(int slot);
  bool violated(const Clause& clause) const;
  template <typename May>
  bool load_violated(const May& may) {
    std::vector<int> more;
    for (std::size_t k = 0; k < clauses_.size(); ++k) {
      const int id = static_cast<int>(k);
      if (may(id) && !assumed_.count(id) && violated(clauses_[k])) more.push_back(id);
    }
    for (const int k : more) assume(k);
    return !more.empty();
  }
  void assume(int clause);

  Step& step_;
  const std::vector<Clause>& clauses_;
  const Limits& limits_;
  pdr::Solver solver_;
  std::unordered_map<bits::Lit, bits::Lit> loaded_;  // nodes
  std::map<int, bits::Lit> assumed_;                 // clauses
};

}  // namespace luproof::checker::proof
