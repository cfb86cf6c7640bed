// SPDX-License-Identifier: GPL-2.0-or-later
// Which slots look alike, by colours that are refined along the terms and transitions.
//
// A colour says what a slot is of and, round by round, in what it stands beside what. Slots of
// different colours are certainly no images of each other; a proposal for an exchange gives one
// slot of two alike ones a colour of its own in each of two copies, and reads off who then
// corresponds.
#pragma once

#include "checker/symmetry/same.h"

namespace luproof::checker {

class Alike {
 public:
  Alike(const System& system, FlatTerms& flat);
  // Slots of one colour, two or more, that are read somewhere; children come before their parents,
  // of whom there are fewer.
  std::vector<std::vector<int>> classes() const;
  // A map of slots that takes a to b and otherwise moves as little as it can; it may be wrong.
  std::optional<std::vector<int>> proposal(int a, int b) const;

 private:
  using Colours = std::vector<std::uint64_t>;  // of slots, then of flat terms
  void refine(Colours& colours) const;
  std::size_t distinct(const Colours& colours) const;

  struct Update {
    int slot;  // -1 - property of a check
    int term;
  };
  struct Row {
    std::uint64_t facts;
    int guard;
    std::vector<Update> updates;
  };
  std::size_t slots_;
  const std::vector<FlatTerms::Node>& nodes_;
  std::vector<Row> rows_;
  std::vector<char> used_;  // slots
  std::vector<char> live_;  // flat terms that something is made of
  Colours first_, colours_;
};

}  // namespace luproof::checker
