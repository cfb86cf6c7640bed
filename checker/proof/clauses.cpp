// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/clauses.h"

#include <algorithm>

namespace luproof::checker::proof {
namespace {

constexpr std::size_t kGoalsTogether = 64;

}  // namespace

int Clauses::batches() const {
  return static_cast<int>((goals_.list.size() + kGoalsTogether - 1) / kGoalsTogether);
}

std::vector<Clauses::Way> Clauses::ways_of(int clause) {
  std::vector<Way> result;
  for (const int t : step_.writers(clauses_[clause])) {
    end_at(limits_);
    result.push_back({step_.breaks(t, clauses_[clause]), t, -1});
  }
  std::erase_if(result, [](const Way& way) { return way.lit == bits::kFalse; });
  return result;
}

std::vector<Clauses::Way> Clauses::ways_of_batch(int batch) {
  std::vector<Way> result;
  const std::size_t first = static_cast<std::size_t>(batch) * kGoalsTogether;
  for (std::size_t i = first; i < std::min(first + kGoalsTogether, goals_.list.size()); ++i) {
    end_at(limits_);
    result.push_back({step_.holds(goals_.list[i].term), -1, goals_.list[i].term});
  }
  std::erase_if(result, [](const Way& way) { return way.lit == bits::kFalse; });
  return result;
}

std::vector<int> Clauses::rests_on_guards(int clause) {
  std::vector<int> result;
  for (const int t : step_.writers(clauses_[clause])) {
    const bits::Lit breaks = step_.breaks_unguarded(t, clauses_[clause]);
    if (breaks == bits::kFalse) continue;
    Question question(step_, clauses_, limits_);
    const auto all = [](int) { return true; };
    if (asked(question, breaks, all) == pdr::Answer::Sat) result.push_back(t);
  }
  return result;
}

// Of a state in which a way is open: what decides that it is.
bool Clauses::read(Question& question, const std::vector<Way>& ways, int clause, Answer& answer) {
  const auto way =
      std::find_if(ways.begin(), ways.end(), [&](const Way& one) { return question.is(one.lit); });
  if (way == ways.end()) return false;
  answer.state.clear();
  const std::vector<int> slots =
      way->transition < 0 ? step_.read(way->goal) : step_.read(way->transition, clauses_[clause]);
  for (const int slot : slots)
    if (const auto value = question.value(slot)) answer.state.emplace_back(slot, *value);
  return true;
}

}  // namespace luproof::checker::proof
