// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_circuit.h"

#include <algorithm>

namespace luproof::checker::smt {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Circuit::Circuit(const Limits& limits)
    : stop_(limits), solver_(context_, "QF_FD"), until_(Clock::time_point::max()) {
  watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Circuit::~Circuit() {
  watcher_.request_stop();
  watcher_.join();
}

void Circuit::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Again and again: an interrupt that comes before Z3 has begun is lost.
    if (checking_ && (!stopped_by().empty() || Clock::now() > until_.load()))
      Z3_interrupt(context_);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void Circuit::at_most_one(const std::vector<Lit>& lits) {
  if (lits.size() <= 5) {
    for (std::size_t i = 0; i < lits.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) clause({-lits[i], -lits[j]});
    return;
  }
  // Each literal implies its own number in a common binary code.
  for (std::size_t bit = 1; bit < lits.size(); bit *= 2) {
    const Lit code = fresh();
    for (std::size_t i = 0; i < lits.size(); ++i) clause({-lits[i], (i & bit) ? code : -code});
  }
}

void Circuit::clause(std::vector<Lit> lits) {
  if (std::find(lits.begin(), lits.end(), kTrue) != lits.end()) return;
  std::erase(lits, kFalse);
  ++clauses_;
  if (lits.empty()) {
    solver_.add(context_.bool_val(false));
  } else if (lits.size() == 1) {
    solver_.add(literal(lits[0]));
  } else {
    std::vector<Z3_ast> kids;
    for (const Lit lit : lits) kids.push_back(literal(lit));
    solver_.add(
        z3::expr(context_, Z3_mk_or(context_, static_cast<unsigned>(kids.size()), kids.data())));
  }
}

z3::expr Circuit::literal(Lit lit) {
  if (lit == kTrue || lit == kFalse) return context_.bool_val(lit == kTrue);
  const auto index = 2 * static_cast<std::size_t>(std::abs(lit));
  while (exprs_.size() <= index + 1) {
    const auto variable = static_cast<int>(exprs_.size() / 2);
    exprs_.push_back(context_.constant(context_.int_symbol(variable), context_.bool_sort()));
    exprs_.push_back(!exprs_.back());
  }
  return exprs_[lit < 0 ? index + 1 : index];
}

Answer Circuit::check(const std::vector<Lit>& assumptions, Clock::time_point until) {
  model_.reset();
  if (!stopped_by().empty() || Clock::now() > until) return Answer::Stopped;
  z3::expr_vector literals(context_);
  for (const Lit lit : assumptions) literals.push_back(literal(lit));
  until_ = until;
  checking_ = true;
  z3::check_result result = z3::unknown;
  try {
    result = solver_.check(literals);
    if (result == z3::sat) model_ = std::make_unique<z3::model>(solver_.get_model());
  } catch (const z3::exception&) {
    result = z3::unknown;  // how Z3 says that it was interrupted, or has no memory left
  }
  checking_ = false;
  if (result == z3::unknown) return Answer::Stopped;
  return result == z3::sat ? Answer::Sat : Answer::Unsat;
}

bool Circuit::value(Lit lit) const {
  if (lit == kTrue || lit == kFalse) return lit == kTrue;
  const auto index = 2 * static_cast<std::size_t>(std::abs(lit));
  if (index >= exprs_.size()) return lit < 0;
  const bool positive = model_->eval(exprs_[index], false).is_true();
  return positive == (lit > 0);
}

}  // namespace luproof::checker::smt
