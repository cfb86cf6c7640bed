// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ground/term.h"

#include <algorithm>

namespace luproof::checker {

namespace {

std::size_t hash(const TermNode& n) {
  std::uint64_t h = static_cast<std::uint64_t>(n.op) * 0x9E3779B97F4A7C15ull;
  for (const std::uint64_t x :
       {static_cast<std::uint64_t>(n.value), static_cast<std::uint64_t>(n.a),
        static_cast<std::uint64_t>(n.b), static_cast<std::uint64_t>(n.c)})
    h = (h ^ x) * 0xBF58476D1CE4E5B9ull, h ^= h >> 29;
  return static_cast<std::size_t>(h);
}

}  // namespace

Terms::Terms() {
  grow();
  make({TermOp::Const, 0, -1, -1, -1, 0, 0});
  make({TermOp::Const, 1, -1, -1, -1, 1, 1});
}

void Terms::grow() {
  table_.assign(std::max<std::size_t>(1024, table_.size() * 2), -1);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::size_t at = hash(nodes_[i]) & (table_.size() - 1);
    while (table_[at] >= 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = static_cast<Term>(i);
  }
}

Term Terms::make(const TermNode& node) {
  std::size_t at = hash(node) & (table_.size() - 1);
  for (; table_[at] >= 0; at = (at + 1) & (table_.size() - 1))
    if (nodes_[table_[at]] == node) return table_[at];
  const auto fresh = static_cast<Term>(nodes_.size());
  table_[at] = fresh;
  nodes_.push_back(node);
  if (nodes_.size() * 2 > table_.size()) grow();
  return fresh;
}

// Most terms that are ever made are true or false, and those are terms 0 and 1.
Term Terms::constant(Value value) {
  if (value == 0 || value == 1) return value;
  return make({TermOp::Const, value, -1, -1, -1, value, value});
}

Term Terms::slot(int slot, Value low, Value high) {
  if (low == high) return constant(low);
  return make({TermOp::Slot, slot, -1, -1, -1, low, high});
}

Term Terms::negate(Term a) {
  const TermNode& n = nodes_[a];
  if (n.op == TermOp::Const) return constant(n.value == 0);
  if (n.op == TermOp::Not) return n.a;
  return make({TermOp::Not, 0, a, -1, -1, 0, 1});
}

Term Terms::conj(Term a, Term b) {
  if (is_false(a) || is_true(b) || a == b) return a;
  if (is_false(b) || is_true(a)) return b;
  if (a > b) std::swap(a, b);
  if (nodes_[b].op == TermOp::Not && nodes_[b].a == a) return constant(0);
  if (nodes_[a].op == TermOp::Not && nodes_[a].a == b) return constant(0);
  return make({TermOp::And, 0, a, b, -1, 0, 1});
}

Term Terms::disj(Term a, Term b) {
  if (is_true(a) || is_false(b) || a == b) return a;
  if (is_true(b) || is_false(a)) return b;
  if (a > b) std::swap(a, b);
  if (nodes_[b].op == TermOp::Not && nodes_[b].a == a) return constant(1);
  if (nodes_[a].op == TermOp::Not && nodes_[a].a == b) return constant(1);
  return make({TermOp::Or, 0, a, b, -1, 0, 1});
}

Term Terms::eq(Term a, Term b) {
  if (a == b) return constant(1);
  const TermNode x = nodes_[a], y = nodes_[b];
  if (x.high < y.low || y.high < x.low) return constant(0);
  if (x.op == TermOp::Const && y.op == TermOp::Const) return constant(x.value == y.value);
  if (x.op == TermOp::Const) return eq(b, a);
  if (y.op == TermOp::Const) {
    if (x.low == 0 && x.high == 1) return y.value ? a : negate(a);
    // Equality of a chosen constant becomes a condition on the choice.
    if (x.op == TermOp::Ite && (nodes_[x.b].op == TermOp::Const || nodes_[x.c].op == TermOp::Const))
      return ite(x.a, eq(x.b, b), eq(x.c, b));
  }
  if (a > b) std::swap(a, b);
  return make({TermOp::Eq, 0, a, b, -1, 0, 1});
}

Term Terms::lt(Term a, Term b) {
  const TermNode& x = nodes_[a];
  const TermNode& y = nodes_[b];
  if (x.high < y.low) return constant(1);
  if (x.low >= y.high) return constant(0);
  return make({TermOp::Lt, 0, a, b, -1, 0, 1});
}

Term Terms::add(Term a, Term b) {
  const TermNode x = nodes_[a], y = nodes_[b];
  if (x.op == TermOp::Const && y.op == TermOp::Const) return constant(x.value + y.value);
  if (x.op == TermOp::Const && x.value == 0) return b;
  if (y.op == TermOp::Const && y.value == 0) return a;
  if (a > b) std::swap(a, b);
  return make({TermOp::Add, 0, a, b, -1, x.low + y.low, x.high + y.high});
}

Term Terms::sub(Term a, Term b) {
  const TermNode x = nodes_[a], y = nodes_[b];
  if (x.op == TermOp::Const && y.op == TermOp::Const) return constant(x.value - y.value);
  if (y.op == TermOp::Const && y.value == 0) return a;
  if (a == b) return constant(0);
  return make({TermOp::Sub, 0, a, b, -1, x.low - y.high, x.high - y.low});
}

Term Terms::mul(Term a, Term b) {
  const TermNode x = nodes_[a], y = nodes_[b];
  if (x.op == TermOp::Const && y.op == TermOp::Const) return constant(x.value * y.value);
  if (a > b) std::swap(a, b);
  const std::int64_t c[] = {std::int64_t{x.low} * y.low, std::int64_t{x.low} * y.high,
                            std::int64_t{x.high} * y.low, std::int64_t{x.high} * y.high};
  const std::int64_t edge = 1 << 30;
  return make({TermOp::Mul, 0, a, b, -1,
               static_cast<Value>(std::clamp(*std::min_element(c, c + 4), -edge, edge)),
               static_cast<Value>(std::clamp(*std::max_element(c, c + 4), -edge, edge))});
}

Term Terms::ite(Term c, Term a, Term b) {
  if (is_true(c) || a == b) return a;
  if (is_false(c)) return b;
  if (nodes_[c].op == TermOp::Not) return ite(nodes_[c].a, b, a);
  const TermNode x = nodes_[a], y = nodes_[b];
  if (x.low >= 0 && x.high <= 1 && y.low >= 0 && y.high <= 1) {
    if (is_true(a)) return disj(c, b);
    if (is_false(a)) return conj(negate(c), b);
    if (is_true(b)) return disj(negate(c), a);
    if (is_false(b)) return conj(c, a);
  }
  return make({TermOp::Ite, 0, c, a, b, std::min(x.low, y.low), std::max(x.high, y.high)});
}

Term Terms::shift(Term a, int bits) {
  const TermNode n = nodes_[a];
  if (n.op == TermOp::Const) return constant(n.value >> bits);
  return make({TermOp::Shift, bits, a, -1, -1, n.low >> bits, n.high >> bits});
}

Value Terms::evaluate(Term t, const State& state) const {
  const TermNode& n = nodes_[t];
  switch (n.op) {
    case TermOp::Const:
      return n.value;
    case TermOp::Slot:
      return state[n.value];
    case TermOp::Not:
      return !evaluate(n.a, state);
    case TermOp::And:
      return evaluate(n.a, state) && evaluate(n.b, state);
    case TermOp::Or:
      return evaluate(n.a, state) || evaluate(n.b, state);
    case TermOp::Eq:
      return evaluate(n.a, state) == evaluate(n.b, state);
    case TermOp::Lt:
      return evaluate(n.a, state) < evaluate(n.b, state);
    case TermOp::Add:
      return evaluate(n.a, state) + evaluate(n.b, state);
    case TermOp::Sub:
      return evaluate(n.a, state) - evaluate(n.b, state);
    case TermOp::Mul:
      return evaluate(n.a, state) * evaluate(n.b, state);
    case TermOp::Ite:
      return evaluate(n.a, state) ? evaluate(n.b, state) : evaluate(n.c, state);
    case TermOp::Shift:
      return evaluate(n.a, state) >> n.value;
  }
  return 0;
}

void Terms::support(Term t, std::vector<char>& slots) const {
  std::vector<Term> stack = {t};
  std::unordered_map<Term, char> seen;
  while (!stack.empty()) {
    const Term at = stack.back();
    stack.pop_back();
    if (!seen.emplace(at, 1).second) continue;
    const TermNode& n = nodes_[at];
    if (n.op == TermOp::Slot) {
      if (static_cast<std::size_t>(n.value) >= slots.size()) slots.resize(n.value + 1, 0);
      slots[n.value] = 1;
    }
    for (const Term kid : {n.a, n.b, n.c})
      if (kid >= 0) stack.push_back(kid);
  }
}

}  // namespace luproof::checker
