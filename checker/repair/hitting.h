// SPDX-License-Identifier: GPL-2.0-or-later
// The cheapest sets of changes that the runs seen so far leave possible: minimal hitting sets, by
// Z3's optimiser.
#pragma once

#include <memory>
#include <optional>
#include <vector>

namespace luproof::checker::repair {

using Set = std::vector<int>;  // of candidates, ascending

class HittingSets {
 public:
  // `ranks`: of each candidate, below 1,000: fewer changes come first, then lower ranks.
  HittingSets(const std::vector<int>& ranks, int most);
  ~HittingSets();

  // Some run goes on with `failed`: one of those is left out, or one of `stops` comes in.
  void learn(const Set& failed, const Set& stops);
  void exclude_together(int a, int b);
  // Up to `count` sets, the cheapest first, all of the smallest size that is left. Empty: none.
  std::vector<Set> next(int count, unsigned milliseconds);
  bool gave_up() const { return gave_up_; }  // time was over before an answer

 private:
  // One change: the clauses say directly which are left, and the solver is not asked.
  std::vector<Set> single(int count) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
  bool gave_up_ = false;
};

}  // namespace luproof::checker::repair
