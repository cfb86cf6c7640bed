// SPDX-License-Identifier: GPL-2.0-or-later
// Terms and transitions up to what says nothing: the order and nesting of and, or and sums.
//
// Two grounded transitions that mean the same for two VFs are written in different orders. Here
// both get one number exactly if they are equal once such nests are flat and sorted, with slots
// renamed on the way; that is how an exchange is checked, and what its candidates are read from.
#pragma once

#include <unordered_map>

#include "checker/symmetry/symmetry.h"

namespace luproof::checker {

class FlatTerms {
 public:
  struct Node {
    TermOp op;
    Value value;  // of a constant; of a slot; of a shift
    std::vector<int> kids;
  };
  explicit FlatTerms(const Terms& terms) : t_(terms) {}
  // The number of t with slot s read as slots[s].
  using Memo = std::unordered_map<Term, int>;
  int flat(Term t, const std::vector<int>& slots, Memo& memo);
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  int intern(Node node);
  struct Hash {
    std::size_t operator()(const std::vector<int>& key) const;
  };
  const Terms& t_;
  std::vector<Node> nodes_;
  std::unordered_map<std::vector<int>, int, Hash> index_;
};

// What of a transition has to stay as it is under an exchange, control and elements apart.
std::vector<int> fixed_facts(const System& system, const Transition& transition);

// Holds candidates to the system: initial states, transitions, properties.
class Sameness {
 public:
  explicit Sameness(const System& system);
  // The exchange with its map of transitions, or nothing if the system is not the same after it.
  std::optional<Exchange> held(const std::vector<int>& slots);
  FlatTerms& flat() { return flat_; }

 private:
  using Rows = std::vector<std::vector<int>>;
  Rows transitions(const std::vector<int>& slots, FlatTerms::Memo& memo);
  Rows rest(const std::vector<int>& slots, FlatTerms::Memo& memo);

  const System& s_;
  FlatTerms flat_;
  std::vector<int> identity_;
  Rows transitions_;
  std::vector<int> order_;  // of transitions_, sorted
  Rows rest_;
};

}  // namespace luproof::checker
