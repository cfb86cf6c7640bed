// SPDX-License-Identifier: GPL-2.0-or-later
// Expressions of the ground system: a hash-consed graph over the slots of a state.
//
// Equal terms have one id, constants fold at construction, and every node knows the interval of its
// values: substitution, comparison and bit widths are then cheap for every engine.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/layout.h"

namespace luproof::checker {

using model::State;
using model::Value;

using Term = std::int32_t;  // index into Terms

enum class TermOp : std::uint8_t { Const, Slot, Not, And, Or, Eq, Lt, Add, Sub, Mul, Ite, Shift };

struct TermNode {
  TermOp op = TermOp::Const;
  Value value = 0;  // Const: the value; Slot: the slot; Shift: by how many bits to the right
  Term a = -1, b = -1, c = -1;
  Value low = 0, high = 0;
  bool operator==(const TermNode& o) const {
    return op == o.op && value == o.value && a == o.a && b == o.b && c == o.c;
  }
};

class Terms {
 public:
  Terms();
  Term constant(Value value);
  Term truth(bool value) { return constant(value); }
  Term slot(int slot, Value low, Value high);
  Term negate(Term a);
  Term conj(Term a, Term b);
  Term disj(Term a, Term b);
  Term eq(Term a, Term b);
  Term lt(Term a, Term b);
  Term le(Term a, Term b) { return negate(lt(b, a)); }
  Term add(Term a, Term b);
  Term sub(Term a, Term b);
  Term mul(Term a, Term b);
  Term ite(Term c, Term a, Term b);
  Term shift(Term a, int bits);  // to the right, the sign kept

  const TermNode& operator[](Term t) const { return nodes_[t]; }
  std::size_t size() const { return nodes_.size(); }
  std::size_t bytes() const {
    return nodes_.capacity() * sizeof(TermNode) + table_.capacity() * sizeof(Term);
  }
  bool is_true(Term t) const { return nodes_[t].op == TermOp::Const && nodes_[t].value != 0; }
  bool is_false(Term t) const { return nodes_[t].op == TermOp::Const && nodes_[t].value == 0; }

  // `t` with every slot s replaced by map(s); `memo` may be kept for one map.
  using Memo = std::unordered_map<Term, Term>;
  template <typename Map>
  Term substitute(Term t, const Map& map, Memo& memo);
  Value evaluate(Term t, const State& state) const;
  void support(Term t, std::vector<char>& slots) const;  // marks the slots below t

 private:
  Term make(const TermNode& node);
  void grow();
  std::vector<TermNode> nodes_;
  std::vector<Term> table_;  // open addressing, a power of two; -1: empty
};

template <typename Map>
Term Terms::substitute(Term t, const Map& map, Memo& memo) {
  const TermNode n = nodes_[t];
  if (n.op == TermOp::Const) return t;
  if (const auto known = memo.find(t); known != memo.end()) return known->second;
  Term result = t;
  if (n.op == TermOp::Slot) {
    result = map(n.value, t);
  } else {
    const Term a = substitute(n.a, map, memo);
    const Term b = n.b < 0 ? -1 : substitute(n.b, map, memo);
    const Term c = n.c < 0 ? -1 : substitute(n.c, map, memo);
    switch (n.op) {
      case TermOp::Not:
        result = negate(a);
        break;
      case TermOp::And:
        result = conj(a, b);
        break;
      case TermOp::Or:
        result = disj(a, b);
        break;
      case TermOp::Eq:
        result = eq(a, b);
        break;
      case TermOp::Lt:
        result = lt(a, b);
        break;
      case TermOp::Add:
        result = add(a, b);
        break;
      case TermOp::Sub:
        result = sub(a, b);
        break;
      case TermOp::Mul:
        result = mul(a, b);
        break;
      case TermOp::Ite:
        result = ite(a, b, c);
        break;
      case TermOp::Shift:
        result = shift(a, n.value);
        break;
      case TermOp::Const:
      case TermOp::Slot:
        break;
    }
  }
  memo[t] = result;
  return result;
}

}  // namespace luproof::checker
