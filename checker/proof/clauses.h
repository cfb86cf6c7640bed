// SPDX-License-Identifier: GPL-2.0-or-later
// The clauses of an invariant in the making: what could break each of them in one step, and on
// which others it rests.
#pragma once

#include <set>

#include "checker/proof/goals.h"
#include "checker/proof/question.h"
#include "checker/stopped.h"

namespace luproof::checker::proof {

class Clauses {
 public:
  Clauses(System& system, const Bounds& bounds, const Goals& goals, const Limits& limits)
      : goals_(goals), limits_(limits), step_(system, bounds) {}

  void add(Clause clause) { clauses_.push_back(std::move(clause)); }
  int size() const { return static_cast<int>(clauses_.size()); }
  const Clause& operator[](int k) const { return clauses_[k]; }
  // What can be asked about: the clauses, then batches of goals.
  int batches() const;

  struct Answer {
    pdr::Answer result = pdr::Answer::Stopped;
    std::vector<std::pair<int, Value>> state;  // after Sat: what was read of the state before
    std::vector<int> rests_on;                 // after Unsat
  };
  // Whether a clause can be false after a step although all of them (or `some`) are true before.
  // `learn` is given states that show it and may add clauses; false: it has none.
  template <typename Learn>
  Answer clause_breaks(int clause, const std::set<int>* some, const Learn& learn) {
    return resolve(ways_of(clause), clause, some, learn);
  }
  // Whether a goal of the batch can be met.
  template <typename Learn>
  Answer goal_met(int batch, const std::set<int>* some, const Learn& learn) {
    return resolve(ways_of_batch(batch), -1, some, learn);
  }
  // Transitions that could break the clause if their condition, but for the place where the actor
  // stands, did not matter.
  std::vector<int> rests_on_guards(int clause);
  // What stopped a question, after which nothing is whole; "" if all had an answer.
  std::string stopped() const {
    const std::string by = stopped_by(limits_);
    return stopped_ && by.empty() ? "memory" : by;
  }

 private:
  struct Way {
    bits::Lit lit = bits::kFalse;
    int transition = -1;
    Term goal = -1;
  };
  std::vector<Way> ways_of(int clause);
  std::vector<Way> ways_of_batch(int batch);
  bool read(Question& question, const std::vector<Way>& ways, int clause, Answer& answer);

  template <typename Learn>
  Answer resolve(const std::vector<Way>& ways, int clause, const std::set<int>* some,
                 const Learn& learn) {
    Answer answer;
    std::vector<bits::Lit> lits;
    for (const Way& way : ways) lits.push_back(way.lit);
    const bits::Lit any = step_.any(std::move(lits));
    if (any == bits::kFalse) {
      answer.result = pdr::Answer::Unsat;
      return answer;
    }
    Question question(step_, clauses_, limits_);
    const auto may = [&](int k) { return !some || k == clause || some->count(k); };
    for (;;) {
      answer.result = asked(question, any, may);
      if (answer.result == pdr::Answer::Unsat) answer.rests_on = question.core();
      if (answer.result != pdr::Answer::Sat) return answer;
      if (!read(question, ways, clause, answer) || !learn(answer.state)) return answer;
    }
  }

  template <typename May>
  pdr::Answer asked(Question& question, bits::Lit lit, const May& may) {
    const pdr::Answer answer = question.ask(lit, may);
    stopped_ = stopped_ || answer == pdr::Answer::Stopped;
    return answer;
  }

  const Goals& goals_;
  const Limits& limits_;
  Step step_;
  std::vector<Clause> clauses_;
  bool stopped_ = false;
};

}  // namespace luproof::checker::proof
