// SPDX-License-Identifier: GPL-2.0-or-later
// Boolean circuits as clauses, and Z3 behind them.
//
// Every value of a ground system is a few bits, so the engine hands Z3 plain clauses and no theory:
// equal gates become one variable, and what is constant in a frame never reaches the solver.
#pragma once

#include <z3++.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "checker/bits/gates.h"
#include "checker/verdict.h"
#include "checker/z3_stop.h"

namespace luproof::checker::smt {

using bits::kFalse;
using bits::kTrue;
using bits::Lit;

enum class Answer : std::uint8_t { Sat, Unsat, Stopped };

class Circuit : public bits::Gates<Circuit> {
 public:
  explicit Circuit(const Limits& limits);
  ~Circuit();
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;

  Lit fresh() { return ++variables_; }
  void clause(std::vector<Lit> lits);
  void at_most_one(const std::vector<Lit>& lits);

  // Stopped: by a limit (`stopped_by`), or because `until` has passed.
  Answer check(
      const std::vector<Lit>& assumptions,
      std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());
  // After Sat.
  bool value(Lit lit) const;
  // "" while no limit is reached; else "interrupt", "timeout" or "memory".
  std::string stopped_by() const { return stop_.by(); }
  std::size_t clauses() const { return clauses_; }

 private:
  z3::expr literal(Lit lit);
  void watch(const std::stop_token& stop);

  const Z3Stop stop_;
  z3::context context_;
  z3::solver solver_;
  std::unique_ptr<z3::model> model_;
  std::vector<z3::expr> exprs_;  // of variables; made when a clause needs them
  int variables_ = kTrue;
  std::size_t clauses_ = 0;
  std::atomic<bool> checking_{false};
  std::atomic<std::chrono::steady_clock::time_point> until_;
  std::jthread watcher_;  // interrupts Z3, which looks at no limit of ours by itself
};

}  // namespace luproof::checker::smt
