// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_words.h"

#include <algorithm>

namespace luproof::checker::smt {
namespace {

constexpr std::size_t kWidest = 32;  // model::Value; arithmetic wraps there as it does in an engine

Word trimmed(Word word) {
  if (word.size() > kWidest) word.resize(kWidest);
  while (word.size() > 1 && word[word.size() - 1] == word[word.size() - 2]) word.pop_back();
  return word;
}

}  // namespace

Word constant_word(Value value) {
  Word word;
  for (std::size_t i = 0; i < kWidest; ++i)
    word.push_back((static_cast<std::uint32_t>(value) >> i) & 1 ? kTrue : kFalse);
  return trimmed(std::move(word));
}

Word truth_word(Lit lit) { return trimmed({lit, kFalse}); }

std::size_t width_of(Value low, Value high) {
  return std::max(constant_word(low).size(), constant_word(high).size());
}

Word fresh_word(Circuit& circuit, Value low, Value high) {
  Word word(width_of(low, high));
  for (Lit& lit : word) lit = circuit.fresh();
  if (low >= 0) word.back() = kFalse;
  if (high < 0) word.back() = kTrue;
  return word;
}

Lit bit(const Word& word, std::size_t index) {
  return index < word.size() ? word[index] : word.back();
}

Lit equal(Circuit& circuit, const Word& a, const Word& b) {
  std::vector<Lit> bits;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    bits.push_back(circuit.same(bit(a, i), bit(b, i)));
    if (bits.back() == kFalse) return kFalse;
  }
  return circuit.all(std::move(bits));
}

Lit less(Circuit& circuit, const Word& a, const Word& b) {
  Lit below = kFalse;
  const std::size_t width = std::max(a.size(), b.size());
  for (std::size_t i = 0; i < width; ++i) {
    const Lit x = bit(a, i), y = bit(b, i);
    below = circuit.choose(circuit.same(x, y), below, i + 1 == width ? x : y);
  }
  return below;
}

Word sum(Circuit& circuit, const Word& a, const Word& b, bool subtract) {
  Word result;
  Lit carry = subtract ? kTrue : kFalse;
  const std::size_t width = std::min(std::max(a.size(), b.size()) + 1, kWidest);
  for (std::size_t i = 0; i < width; ++i) {
    const Lit x = bit(a, i), y = subtract ? -bit(b, i) : bit(b, i);
    const Lit half = -circuit.same(x, y);
    result.push_back(-circuit.same(half, carry));
    carry = circuit.choose(half, carry, x);
  }
  return trimmed(std::move(result));
}

Word product(Circuit& circuit, const Word& a, const Word& b) {
  const std::size_t width = std::min(a.size() + b.size(), kWidest);
  Word result = constant_word(0);
  for (std::size_t i = 0; i < width; ++i) {
    // Bits of the sign are rows like any other, modulo the width of the product.
    Word row(i, kFalse);
    for (std::size_t j = 0; i + j < width; ++j) row.push_back(circuit.all({bit(a, i), bit(b, j)}));
    result = sum(circuit, result, row, false);
    if (result.size() > width) result.resize(width);
  }
  return trimmed(std::move(result));
}

Word shifted(const Word& a, int bits) {
  Word result;
  for (std::size_t i = static_cast<std::size_t>(bits); i <= a.size() + bits; ++i)
    result.push_back(bit(a, i));
  return trimmed(std::move(result));
}

Word choice(Circuit& circuit, Lit condition, const Word& a, const Word& b) {
  Word result;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    result.push_back(circuit.choose(condition, bit(a, i), bit(b, i)));
  return trimmed(std::move(result));
}

const Word& Encoder::word(Term term) {
  if (const auto at = known_.find(term); at != known_.end()) return at->second;
  Word result = encode((*terms_)[term]);
  return known_.emplace(term, std::move(result)).first->second;
}

Lit Encoder::truth(Term term) {
  const Word& value = word(term);
  if (value.size() == 2 && value[1] == kFalse) return value[0];
  return circuit_->any(value);
}

Word Encoder::encode(const TermNode& node) {
  switch (node.op) {
    case TermOp::Const:
      return constant_word(node.value);
    case TermOp::Slot:
      return (*slots_)[node.value];
    case TermOp::Not:
      return truth_word(-truth(node.a));
    case TermOp::And:
      return truth_word(circuit_->all({truth(node.a), truth(node.b)}));
    case TermOp::Or:
      return truth_word(circuit_->any({truth(node.a), truth(node.b)}));
    // References into known_ stay valid while it grows.
    case TermOp::Eq:
      return truth_word(equal(*circuit_, word(node.a), word(node.b)));
    case TermOp::Lt:
      return truth_word(less(*circuit_, word(node.a), word(node.b)));
    case TermOp::Add:
      return sum(*circuit_, word(node.a), word(node.b), false);
    case TermOp::Sub:
      return sum(*circuit_, word(node.a), word(node.b), true);
    case TermOp::Mul:
      return product(*circuit_, word(node.a), word(node.b));
    case TermOp::Ite:
      return choice(*circuit_, truth(node.a), word(node.b), word(node.c));
    case TermOp::Shift:
      return shifted(word(node.a), node.value);
  }
  return constant_word(0);
}

}  // namespace luproof::checker::smt
