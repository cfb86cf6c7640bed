// SPDX-License-Identifier: GPL-2.0-or-later
// Terms as SMT-LIB 2 text: truth values are Bool, everything else is a bit-vector of just the bits
// that its slot needs, since that is what solvers are quick at.
//
// Shared terms become definitions, numbered as they are met, so that the same system always gives
// the same text, and a graph does not grow into a tree.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "checker/ground/system.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

// |name|: with what cannot stand between the bars taken out.
std::string symbol(const std::string& name);

class SmtText {
 public:
  // `constants`: slots that have one value for good, written as that value.
  SmtText(const System& system, std::vector<std::string> names,
          const std::vector<std::optional<Value>>& constants);

  const std::string& name(int slot) const { return names_[slot]; }
  std::string sort(int slot) const;                             // "Bool", "(_ BitVec 3)"
  std::string literal(int slot, Value value) const;             // in the slot's own sort
  std::string in_range(int slot, const std::string& of) const;  // "" if every value is
  std::string between(int slot, const std::string& of, SlotRange range) const;
  // `of` (an expression in the slot's own sort) is one of the values.
  std::string member(int slot, const std::string& of, const std::vector<Value>& values) const;

  // Definitions that the terms need are appended to `out` before they are used.
  void count(Term term);  // every term that will be written, first
  std::string truth(Term term, std::string& out);
  // In the slot's own sort; of a value that the slot cannot hold, the bits that fit.
  std::string value(Term term, int slot, std::string& out);

 private:
  struct Text {
    std::string text;
    int bits = 0;  // 0: Bool
    bool is_signed = false;
  };
  struct Shape {
    int bits = 0;
    bool is_signed = false;
  };
  Shape shape(int slot) const;
  static std::string number(Value value, int bits);
  const Text& look(Term term, std::string& out);
  Text write(Term term, std::string& out);
  std::string as_truth(const Text& text) const;
  std::string as_bits(const Text& text, int bits) const;
  std::string operand(Term term, int bits, std::string& out);
  int signed_bits(Term term);
  void list(Term term, TermOp op, std::vector<Term>& kids) const;

  const System& system_;
  std::vector<std::string> names_;
  const std::vector<std::optional<Value>>& constants_;
  std::unordered_map<Term, int> uses_;
  std::unordered_map<Term, Text> known_;
  int defined_ = 0;
};

}  // namespace luproof::checker::proof
