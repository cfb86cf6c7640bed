// SPDX-License-Identifier: GPL-2.0-or-later
// Integers as literals, and terms over them: written once, for solvers and for and-inverter graphs.
//
// A word is two's complement of any width, lowest bit first; the last literal is the sign and
// stands for all bits above. A truth value is a word of two, and a constant has no variables: so
// mixed widths, ranges below zero and ranges far from zero need no cases of their own.
//
// A Builder makes gates: all(vector<Lit>), any(vector<Lit>), same(a, b), choose(c, a, b), fresh().
#pragma once

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/ground/term.h"

namespace luproof::checker::bits {

using Lit = int;  // a variable from 1, or its negation; the first variable is the constant
constexpr Lit kTrue = 1;
constexpr Lit kFalse = -1;

using Word = std::vector<Lit>;

constexpr std::size_t kWidest = 32;  // model::Value; arithmetic wraps there as it does in an engine

Word trimmed(Word word);
Word constant_word(Value value);
Word truth_word(Lit lit);
std::size_t width_of(Value low, Value high);  // bits and sign

inline Lit bit(const Word& word, std::size_t index) {
  return index < word.size() ? word[index] : word.back();
}

template <typename Builder>
Word fresh_word(Builder& builder, Value low, Value high) {  // at least this range
  Word word(width_of(low, high));
  for (Lit& lit : word) lit = builder.fresh();
  if (low >= 0) word.back() = kFalse;
  if (high < 0) word.back() = kTrue;
  return word;
}

template <typename Builder>
Lit equal(Builder& builder, const Word& a, const Word& b) {
  std::vector<Lit> bits;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    bits.push_back(builder.same(bit(a, i), bit(b, i)));
    if (bits.back() == kFalse) return kFalse;
  }
  return builder.all(std::move(bits));
}

template <typename Builder>
Lit less(Builder& builder, const Word& a, const Word& b) {
  Lit below = kFalse;
  const std::size_t width = std::max(a.size(), b.size());
  for (std::size_t i = 0; i < width; ++i) {
    const Lit x = bit(a, i), y = bit(b, i);
    below = builder.choose(builder.same(x, y), below, i + 1 == width ? x : y);
  }
  return below;
}

template <typename Builder>
Word sum(Builder& builder, const Word& a, const Word& b, bool subtract) {
  Word result;
  Lit carry = subtract ? kTrue : kFalse;
  const std::size_t width = std::min(std::max(a.size(), b.size()) + 1, kWidest);
  for (std::size_t i = 0; i < width; ++i) {
    const Lit x = bit(a, i), y = subtract ? -bit(b, i) : bit(b, i);
    const Lit half = -builder.same(x, y);
    result.push_back(-builder.same(half, carry));
    carry = builder.choose(half, carry, x);
  }
  return trimmed(std::move(result));
}

template <typename Builder>
Word product(Builder& builder, const Word& a, const Word& b) {
  const std::size_t width = std::min(a.size() + b.size(), kWidest);
  Word result = constant_word(0);
  for (std::size_t i = 0; i < width; ++i) {
    // Bits of the sign are rows like any other, modulo the width of the product.
    Word row(i, kFalse);
    for (std::size_t j = 0; i + j < width; ++j) row.push_back(builder.all({bit(a, i), bit(b, j)}));
    result = sum(builder, result, row, false);
    if (result.size() > width) result.resize(width);
  }
  return trimmed(std::move(result));
}

inline Word shifted(const Word& a, int bits) {  // to the right, the sign kept
  Word result;
  for (std::size_t i = static_cast<std::size_t>(bits); i <= a.size() + bits; ++i)
    result.push_back(bit(a, i));
  return trimmed(std::move(result));
}

template <typename Builder>
Word choice(Builder& builder, Lit condition, const Word& a, const Word& b) {
  Word result;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    result.push_back(builder.choose(condition, bit(a, i), bit(b, i)));
  return trimmed(std::move(result));
}

// Terms over the slots of one state; each is encoded once.
template <typename Builder>
class Encoder {
 public:
  Encoder(Builder& builder, const Terms& terms, const std::vector<Word>& slots)
      : builder_(&builder), terms_(&terms), slots_(&slots) {}

  const Word& word(Term term) {
    if (const auto at = known_.find(term); at != known_.end()) return at->second;
    Word result = encode((*terms_)[term]);
    return known_.emplace(term, std::move(result)).first->second;
  }

  Lit truth(Term term) {
    const Word& value = word(term);
    if (value.size() == 2 && value[1] == kFalse) return value[0];
    return builder_->any(value);
  }

 private:
  Word encode(const TermNode& node) {
    switch (node.op) {
      case TermOp::Const:
        return constant_word(node.value);
      case TermOp::Slot:
        return (*slots_)[node.value];
      case TermOp::Not:
        return truth_word(-truth(node.a));
      case TermOp::And:
        return truth_word(builder_->all({truth(node.a), truth(node.b)}));
      case TermOp::Or:
        return truth_word(builder_->any({truth(node.a), truth(node.b)}));
      // References into known_ stay valid while it grows.
      case TermOp::Eq:
        return truth_word(equal(*builder_, word(node.a), word(node.b)));
      case TermOp::Lt:
        return truth_word(less(*builder_, word(node.a), word(node.b)));
      case TermOp::Add:
        return sum(*builder_, word(node.a), word(node.b), false);
      case TermOp::Sub:
        return sum(*builder_, word(node.a), word(node.b), true);
      case TermOp::Mul:
        return product(*builder_, word(node.a), word(node.b));
      case TermOp::Ite:
        return choice(*builder_, truth(node.a), word(node.b), word(node.c));
      case TermOp::Shift:
        return shifted(word(node.a), node.value);
    }
    return constant_word(0);
  }

  Builder* builder_;
  const Terms* terms_;
  const std::vector<Word>* slots_;
  std::unordered_map<Term, Word> known_;
};

}  // namespace luproof::checker::bits
