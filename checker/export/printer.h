// SPDX-License-Identifier: GPL-2.0-or-later
// Terms as text, in a language that a table describes.
//
// Our terms do not tell truth values from the numbers 0 and 1, other languages do: a term is
// written as what its place wants, and a slot of 0..1 is a number. Terms are a graph, text is a
// tree: what is used more than once becomes a definition of its own, or the text would explode.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checker/export/program.h"

namespace luproof::checker::exporter {

// Patterns of fmt; {0}, {1}, {2} are the parts, already enclosed where they need it.
struct Dialect {
  std::string_view yes, no;
  std::string_view negation;
  std::string_view all_open, all_join, any_open, any_join, close;
  std::string_view equal, less, sum, difference, product;
  std::string_view quotient;  // of {0}, which is not negative, by {1}
  std::string_view choice;
  std::string_view negative;   // number below zero; {0} is its size
  std::string_view reference;  // to a definition
  std::string_view variable = "{0}";
  std::size_t inline_below = 4;  // terms of fewer nodes are written out each time
};

class Printer {
 public:
  struct Definition {
    std::string name, text;
    bool truth = false;
    Value low = 0, high = 0;
    int level = 0;  // needs only those of lower levels
  };

  // `roots`: all that will be printed, so that it is known what is used more than once.
  Printer(const Program& program, const Dialect& dialect, const std::vector<Term>& roots);

  std::string truth(Term term) const;
  std::string number(Term term) const;
  std::string value(Value value) const;
  // In an order in which each needs only those before it.
  std::vector<Definition> definitions() const;

 private:
  bool is_truth(Term term) const;
  std::string inner(Term term) const;  // as what it is
  std::string shifted(const TermNode& n) const;
  std::string chain(Term term, TermOp op) const;
  std::string name_of(Term term) const;
  int level_of(Term term, std::unordered_map<Term, int>& known) const;

  const Program& program_;
  const Terms& terms_;
  const Dialect& dialect_;
  std::vector<Term> shared_;  // ascending: parts come before what is made of them
  std::unordered_map<Term, std::size_t> defined_;
  mutable std::unordered_map<Term, bool> truths_;
};

// All terms of a program.
std::vector<Term> roots_of(const Program& program);

}  // namespace luproof::checker::exporter
