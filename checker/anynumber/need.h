// SPDX-License-Identifier: GPL-2.0-or-later
// How many members a condition needs to see.
//
// A ground term over many interchangeable members is what a quantifier of the spec became: a long
// conjunction or disjunction with a part for each. If it is true of a state, it stays true when all
// members but some are taken away, as long as a witness stays for each disjunction; likewise if it
// is false, for each conjunction. need() counts those witnesses. A sum over members needs them all:
// the count then grows with their number, and nobody can take one away.
#pragma once

#include <set>
#include <unordered_map>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

class Need {
 public:
  // `member_of`: of each slot, the member it belongs to, or -1.
  Need(const Terms& terms, const std::vector<int>& member_of, int members)
      : terms_(terms), member_of_(member_of), members_(members) {}

  // These members are there in any case and cost nothing.
  void keep(std::set<int> kept);
  int to_be_true(Term t) { return need(t, Side::True); }
  int to_be_same(Term t) { return need(t, Side::Both); }  // of any value
  int to_be_same(Term t, int own);                        // member `own` is there too
  const std::set<int>& members(Term t);                   // below the term

 private:
  enum class Side : std::uint8_t { True, False, Both };
  int need(Term t, Side side);
  int boolean(Term t, Side side);
  int compared(Term t, Side side);
  void flatten(Term t, TermOp op, bool negated, std::vector<std::pair<Term, bool>>& parts) const;
  int size(Term t);  // members below it that are not kept

  const Terms& terms_;
  const std::vector<int>& member_of_;
  int members_;
  std::set<int> kept_;
  std::unordered_map<Term, std::set<int>> below_;
  std::unordered_map<Term, int> known_[3];
};

}  // namespace luproof::checker
