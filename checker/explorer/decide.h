// SPDX-License-Identifier: GPL-2.0-or-later
// Truth values over packed words, as branches: each looks at one word under a mask.
//
// Most guards are a few slots compared with constants, and most of them are false. All that a
// conjunction wants of one word is one comparison, and so is all that a disjunction would need to
// be false; what a mask cannot say (sums, order, slots compared with slots) is a leaf of code over
// the unpacked state, which is unpacked once at most.
#pragma once

#include <map>

#include "checker/explorer/code.h"
#include "checker/explorer/packing.h"

namespace luproof::checker {

// A state in both forms; the second is made when somebody asks.
class Seen {
 public:
  explicit Seen(const Packing& packing) : packing_(&packing) {}
  void look(const std::uint64_t* words) {
    words_ = words;
    unpacked_ = false;
  }
  const std::uint64_t* words() const { return words_; }
  const State& state() {
    if (!unpacked_) packing_->unpack(words_, state_);
    unpacked_ = true;
    return state_;
  }
  std::vector<Value> registers;

 private:
  const Packing* packing_;
  const std::uint64_t* words_ = nullptr;
  State state_;
  bool unpacked_ = false;
};

struct Compare {  // (words[word] & mask) == value
  std::uint32_t word = 0;
  std::uint64_t mask = 0, value = 0;
  bool holds(const std::uint64_t* words) const { return (words[word] & mask) == value; }
};

class Decisions {
 public:
  Decisions(const Terms& terms, const Packing& packing) : t_(terms), packing_(packing) {}

  using Entry = std::int32_t;
  static constexpr Entry kTrue = -1, kFalse = -2;
  Entry compile(Term t);
  bool decide(Entry entry, Seen& seen) const {
    while (entry >= 0) {
      const Branch& b = branches_[static_cast<std::size_t>(entry)];
      entry = (b.leaf < 0 ? b.compare.holds(seen.words()) : holds(b.leaf, seen)) ? b.yes : b.no;
    }
    return entry == kTrue;
  }
  // What has to hold for the decision to be true, as far as its first branch says; then it goes on
  // at `rest`.
  Compare first(Entry entry, Entry& rest) const;
  std::size_t bytes() const { return bytes_ + branches_.capacity() * sizeof(Branch); }

 private:
  struct Branch {
    Compare compare;
    std::int32_t leaf = -1;
    Entry yes = kTrue, no = kFalse;
  };
  struct Part {  // of a conjunction or disjunction; `masked`: a comparison
    Term term = -1;
    Compare compare;
    bool masked = false, wanted = true;
  };
  struct Leaf {  // all or any of its terms, some of them negated
    Code code;
    std::vector<char> negated;
    bool all = true;
  };
  bool holds(std::int32_t leaf, Seen& seen) const;
  bool literal(Term t, Compare& compare, bool& wanted) const;
  void flatten(Term t, TermOp op, bool negated, std::vector<std::pair<Term, bool>>& parts) const;
  Entry build(Term t, bool negated, Entry yes, Entry no);
  Entry join(Term t, bool negated, Entry yes, Entry no);
  Entry branch(const Branch& b);
  Entry leaf(const std::vector<std::pair<Term, bool>>& parts, bool all, Entry yes, Entry no);

  const Terms& t_;
  const Packing& packing_;
  std::vector<Branch> branches_;
  std::vector<Leaf> leaves_;
  std::map<std::pair<std::vector<std::pair<Term, bool>>, bool>, std::int32_t> leaf_of_;
  std::size_t bytes_ = 0;  // of the leaves
  std::size_t room_ = 0;   // branches that the decision in the making may still have
};

}  // namespace luproof::checker
