// SPDX-License-Identifier: GPL-2.0-or-later
// A small SAT solver for very many very small questions.
//
// PDR asks tens of thousands of questions that differ in a few assumptions and are answered by
// propagation and a handful of conflicts. What counts is then what a question costs before its
// first decision: here nothing is set up, copied or simplified for one. Clause learning, two
// watched literals, activities, saved phases, restarts, and the assumptions that a refusal used.
//
// Only variables made by `fresh_choice` are decided on. Gates follow from them, and so does nothing
// else need a value.
#pragma once

#include <unordered_map>
#include <vector>

#include "checker/bits/gates.h"
#include "checker/verdict.h"

namespace luproof::checker::pdr {

using bits::kFalse;
using bits::kTrue;
using bits::Lit;

enum class Answer : std::uint8_t { Sat, Unsat, Stopped };

class Solver : public bits::Gates<Solver> {
 public:
  explicit Solver(const Limits& limits);

  Lit fresh();         // follows from others, or is assumed
  Lit fresh_choice();  // a bit of the state
  void clause(const std::vector<Lit>& lits) { add(lits); }
  // One that can be taken back.
  int removable(const std::vector<Lit>& lits);
  void remove(int clause);
  // For one question: a literal that switches a clause on, and its end.
  Lit borrow();
  void give_back(Lit lit);

  Answer solve(const std::vector<Lit>& assumptions);
  bool value(Lit lit) const;                              // after Sat
  const std::vector<Lit>& core() const { return core_; }  // after Unsat: assumptions, together
  std::size_t bytes() const;
  std::size_t conflicts() const { return conflicts_; }
  std::size_t questions() const { return questions_; }

 private:
  using Ref = std::uint32_t;  // into arena_: size and flags, last use, literals
  static constexpr Ref kNone = ~Ref{0};
  struct Watch {
    Ref ref;
    std::uint32_t blocker;
  };

  static std::uint32_t index(Lit lit) {
    return lit < 0 ? 2 * static_cast<std::uint32_t>(-lit) + 1 : 2 * static_cast<std::uint32_t>(lit);
  }
  int truth(std::uint32_t lit) const {  // 1, -1 or 0: open
    const signed char v = values_[lit >> 1];
    return (lit & 1) != 0 ? -v : v;
  }
  Ref add(std::vector<Lit> lits);
  Ref store(const std::vector<std::uint32_t>& lits, bool learnt);
  void watch(Ref ref);
  void enqueue(std::uint32_t lit, Ref reason);
  Ref propagate();
  void cancel(int level);
  int level() const { return static_cast<int>(level_ends_.size()); }
  int analyze(Ref conflict);  // the level to go back to; learnt_ is what was learnt
  void final_core(std::uint32_t lit);
  std::uint32_t decide();
  bool stopped() const;
  void reduce();
  void simplify();
  void collect();
  void bump(std::uint32_t var);
  void heap_up(std::size_t at);
  void heap_down(std::size_t at);
  void heap_add(std::uint32_t var);

  const Limits& limits_;
  std::vector<std::uint32_t> arena_;
  std::size_t wasted_ = 0;
  std::vector<Ref> learnts_, originals_;
  std::vector<Ref> handles_;  // of removable clauses
  std::vector<int> free_handles_;
  std::unordered_map<Ref, int> handle_of_;
  std::vector<std::vector<Watch>> watches_;  // by literal that became false
  std::vector<signed char> values_, phase_, choice_, seen_;
  std::vector<int> level_of_;
  std::vector<Ref> reason_;
  std::vector<std::uint32_t> trail_;
  std::vector<std::size_t> level_ends_;
  std::size_t head_ = 0;
  std::vector<double> activity_;
  std::vector<std::uint32_t> heap_;
  std::vector<int> heap_at_;
  double step_ = 1;
  std::vector<std::uint32_t> learnt_;
  std::vector<Lit> core_;
  std::vector<signed char> model_;
  std::vector<Lit> returned_, spare_;
  bool broken_ = false;  // the clauses alone have no model
  std::size_t conflicts_ = 0, questions_ = 0, most_learnts_ = 4000;
};

}  // namespace luproof::checker::pdr
