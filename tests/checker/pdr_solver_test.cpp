// SPDX-License-Identifier: GPL-2.0-or-later
// The small solver against trying everything: answers, models, cores, and clauses taken back.
#include <catch2/catch.hpp>

#include <random>
#include <set>

#include "checker/pdr/solver.h"

namespace luproof::checker::pdr {
namespace {

constexpr int kVariables = 9;
using Clauses = std::vector<std::vector<Lit>>;  // over 1..kVariables

bool has_model(const Clauses& clauses, const std::vector<Lit>& assumed) {
  for (int m = 0; m < 1 << kVariables; ++m) {
    const auto is = [&](Lit lit) { return ((m >> (std::abs(lit) - 1) & 1) != 0) == (lit > 0); };
    const auto met = [&](const std::vector<Lit>& c) { return std::any_of(c.begin(), c.end(), is); };
    if (std::all_of(clauses.begin(), clauses.end(), met) &&
        std::all_of(assumed.begin(), assumed.end(), is))
      return true;
  }
  return false;
}

class Both {
 public:
  explicit Both(unsigned seed) : random_(seed), solver_(limits_) {
    for (int i = 0; i < kVariables; ++i) lits_.push_back(solver_.fresh_choice());
  }
  Lit any_lit() {
    const Lit v = static_cast<Lit>(random_() % kVariables) + 1;
    return random_() % 2 != 0 ? v : -v;
  }
  std::vector<Lit> any_clause() {
    std::vector<Lit> c;
    for (unsigned i = 0; i < 2 + random_() % 3; ++i) c.push_back(any_lit());
    return c;
  }
  std::vector<Lit> mapped(const std::vector<Lit>& c) const {
    std::vector<Lit> result;
    for (const Lit l : c) {
      const Lit own = lits_[std::abs(l) - 1];
      result.push_back(l > 0 ? own : -own);
    }
    return result;
  }

  void round() {
    // For ever, until it is taken back, or for one question.
    const auto kind = random_() % 4;
    if (kind == 0) {
      always_.push_back(any_clause());
      solver_.clause(mapped(always_.back()));
    } else if (kind < 3) {
      const Lit on = solver_.fresh();  // as a frame has one: a removable clause is never a fact
      const auto c = any_clause();
      auto with = mapped(c);
      with.push_back(-on);
      taken_.push_back({c, solver_.removable(with), on});
    } else if (!taken_.empty()) {
      const std::size_t i = random_() % taken_.size();
      solver_.remove(taken_[i].handle);
      taken_.erase(taken_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const auto once = any_clause();
    const Lit switched = solver_.borrow();
    auto with = mapped(once);
    with.push_back(-switched);
    solver_.clause(with);
    ask(once, switched);
    solver_.give_back(switched);
  }

 private:
  struct Taken {
    std::vector<Lit> clause;
    int handle = -1;
    Lit on = 0;
  };

  void ask(const std::vector<Lit>& once, Lit switched) {
    std::vector<Lit> assumed;
    for (unsigned i = 0; i < random_() % 4; ++i) assumed.push_back(any_lit());
    Clauses all = always_;
    all.push_back(once);
    std::vector<Lit> given = {switched};
    for (const Taken& t : taken_) {
      all.push_back(t.clause);
      given.push_back(t.on);
    }
    for (const Lit l : mapped(assumed)) given.push_back(l);
    const Answer answer = solver_.solve(given);
    REQUIRE((answer == Answer::Sat) == has_model(all, assumed));
    if (answer == Answer::Sat) {
      for (const auto& c : all) {
        const auto m = mapped(c);
        CHECK(std::any_of(m.begin(), m.end(), [&](Lit l) { return solver_.value(l); }));
      }
      return;
    }
    const std::set<Lit> core(solver_.core().begin(), solver_.core().end());
    Clauses needed = always_;
    std::vector<Lit> kept;
    if (core.count(switched) > 0) needed.push_back(once);
    for (const Taken& t : taken_)
      if (core.count(t.on) > 0) needed.push_back(t.clause);
    for (const Lit l : assumed)
      if (core.count(mapped({l})[0]) > 0) kept.push_back(l);
    CHECK_FALSE(has_model(needed, kept));
  }

  std::mt19937 random_;
  Limits limits_;
  Solver solver_;
  std::vector<Lit> lits_;
  Clauses always_;
  std::vector<Taken> taken_;
};

TEST_CASE("the small solver answers what trying everything answers", "[checker][pdr]") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    Both both(seed);
    for (int i = 0; i < 40; ++i) both.round();
  }
}

TEST_CASE("the small solver stays right where switches are used again many times",
          "[checker][pdr]") {
  Both both(99);
  for (int i = 0; i < 1500; ++i) both.round();
}

// Seven pigeons in six holes: needs real search, and nothing is left of it afterwards.
TEST_CASE("the small solver learns and forgets", "[checker][pdr]") {
  const Limits limits;
  Solver solver(limits);
  const int holes = 6;
  std::vector<std::vector<Lit>> in(holes + 1);
  for (auto& pigeon : in)
    for (int h = 0; h < holes; ++h) pigeon.push_back(solver.fresh_choice());
  const Lit crowded = solver.fresh();
  for (auto pigeon : in) {
    pigeon.push_back(-crowded);
    solver.clause(pigeon);
  }
  for (int h = 0; h < holes; ++h)
    for (int a = 0; a <= holes; ++a)
      for (int b = 0; b < a; ++b) solver.clause({-in[a][h], -in[b][h]});
  CHECK(solver.solve({crowded}) == Answer::Unsat);
  CHECK(solver.core() == std::vector<Lit>{crowded});
  CHECK(solver.solve({}) == Answer::Sat);
  CHECK(solver.conflicts() > 50);
}

}  // namespace
}  // namespace luproof::checker::pdr
