// SPDX-License-Identifier: GPL-2.0-or-later
// Integers as literals, and the terms of one frame over them.
//
// A word is two's complement of any width, lowest bit first; the last literal is the sign and
// stands for all bits above. A truth value is a word of two, and a constant has no variables: so
// mixed widths, ranges below zero and ranges far from zero need no cases of their own.
#pragma once

#include <unordered_map>
#include <vector>

#include "checker/ground/term.h"
#include "checker/smt_circuit.h"

namespace luproof::checker::smt {

using Word = std::vector<Lit>;

Word constant_word(Value value);
Word truth_word(Lit lit);
Word fresh_word(Circuit& circuit, Value low, Value high);  // at least this range
Lit bit(const Word& word, std::size_t index);
std::size_t width_of(Value low, Value high);  // bits and sign

Lit equal(Circuit& circuit, const Word& a, const Word& b);
Lit less(Circuit& circuit, const Word& a, const Word& b);
Word sum(Circuit& circuit, const Word& a, const Word& b, bool subtract);
Word product(Circuit& circuit, const Word& a, const Word& b);
Word shifted(const Word& a, int bits);  // to the right, the sign kept
Word choice(Circuit& circuit, Lit condition, const Word& a, const Word& b);

// Terms over the slots of one frame; each is encoded once.
class Encoder {
 public:
  Encoder(Circuit& circuit, const Terms& terms, const std::vector<Word>& slots)
      : circuit_(&circuit), terms_(&terms), slots_(&slots) {}
  const Word& word(Term term);
  Lit truth(Term term);

 private:
  Word encode(const TermNode& node);

  Circuit* circuit_;
  const Terms* terms_;
  const std::vector<Word>* slots_;
  std::unordered_map<Term, Word> known_;
};

}  // namespace luproof::checker::smt
