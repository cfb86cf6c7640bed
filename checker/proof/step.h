// SPDX-License-Identifier: GPL-2.0-or-later
// One step of a system as a circuit: any state of the box (bounds.h), and what a clause is before
// and after each transition.
//
// There is no second copy of the state: a clause after a step is the clause over what the step
// writes. So most steps keep most clauses by construction, and the solver sees only the others.
#pragma once

#include <map>
#include <optional>

#include "checker/bits/aig.h"
#include "checker/proof/bounds.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

class Step {
 public:
  Step(System& system, const Bounds& bounds);

  bits::Lit holds(Term term);  // in the state before
  bits::Lit before(const Clause& clause);
  bits::Lit guard(int transition);
  // The transition is taken and the clause is false after it; kFalse if that is plain.
  bits::Lit breaks(int transition, const Clause& clause);
  // Likewise of a transition that needs nothing but that its actor stands where it begins.
  bits::Lit breaks_unguarded(int transition, const Clause& clause);
  // The transitions that can make the clause false, as far as that is plain.
  std::vector<int> writers(const Clause& clause) const;
  bits::Lit any(std::vector<bits::Lit> lits) { return aig_.any(std::move(lits)); }
  // The open slots that this transition and what it makes of the clause read, or a term.
  std::vector<int> read(int transition, const Clause& clause) const;
  std::vector<int> read(Term term) const;

  const bits::Aig& aig() const { return aig_; }
  const bits::Word& word(int slot) const { return words_[slot]; }
  int slot_of(bits::Lit variable) const { return slot_of_.at(variable); }
  bits::Lit in_box(int slot) const { return in_box_[slot]; }

 private:
  bits::Lit member(const bits::Word& word, const smt::Values& possible, const smt::Values& wanted);
  std::vector<int> open(const std::vector<char>& support) const;
  const std::pair<int, Term>* update(int transition, int slot) const;
  bool kept(int transition, const Clause& clause) const;

  System& system_;
  const Bounds& bounds_;
  bits::Aig aig_;
  smt::Simplifier simplify_;
  std::vector<bits::Word> words_;               // of slots
  std::vector<bits::Lit> in_box_;               // of slots
  std::unordered_map<bits::Lit, int> slot_of_;  // of variables
  bits::Encoder<bits::Aig> encoder_;
  std::vector<std::vector<int>> writers_;  // of slots: live transitions
};

}  // namespace luproof::checker::proof
