// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/learn.h"

#include <deque>

#include "checker/proof/clauses.h"
#include "checker/proof/columns.h"

namespace luproof::checker::proof {
namespace {

constexpr int kMostClauses = 100'000;

bool nothing(const std::vector<std::pair<int, Value>>&) { return false; }

// The part of `clauses` on which the goals rest.
std::optional<Invariant> rest(Clauses& clauses) {
  std::set<int> kept;
  std::deque<int> open;
  // First with what is needed anyway.
  const auto refused = [&](const auto& ask) {
    auto answer = ask(&kept);
    if (answer.result == pdr::Answer::Sat) answer = ask(nullptr);
    for (const int k : answer.rests_on)
      if (kept.insert(k).second) open.push_back(k);
    return answer.result == pdr::Answer::Unsat;
  };
  for (int batch = 0; batch < clauses.batches(); ++batch)
    if (!refused([&](const std::set<int>* some) { return clauses.goal_met(batch, some, nothing); }))
      return std::nullopt;
  while (!open.empty()) {
    const int at = open.front();
    open.pop_front();
    if (!refused(
            [&](const std::set<int>* some) { return clauses.clause_breaks(at, some, nothing); }))
      return std::nullopt;
  }
  Invariant result;
  for (const int k : kept) result.clauses.push_back(clauses[k]);
  return result;
}

}  // namespace

Learned learn(System& system, const Graph& graph, const Bounds& bounds, const Goals& goals,
              const Limits& limits) {
  Learned learned;
  const auto columns = Columns::of(system, graph, limits);
  if (!columns) {
    learned.reason = "the reachable states are too many for the memory allowed";
    return learned;
  }
  Clauses clauses(system, bounds, goals, limits);
  std::set<Clause> known;
  bool strange = false;
  const auto suggest = [&](const std::vector<std::pair<int, Value>>& state) {
    auto clause = columns->exclude(state);
    if (!clause || !known.insert(*clause).second) strange = true;
    if (strange || clauses.size() == kMostClauses) return false;
    clauses.add(std::move(*clause));
    return true;
  };
  // What is refused once stays so, whatever is learned later.
  bool refused = true;
  for (int batch = 0; refused && batch < clauses.batches(); ++batch)
    refused = clauses.goal_met(batch, nullptr, suggest).result == pdr::Answer::Unsat;
  for (int at = 0; refused && at < clauses.size(); ++at)
    refused = clauses.clause_breaks(at, nullptr, suggest).result == pdr::Answer::Unsat;
  if (!refused) {
    const std::string by = clauses.stopped();
    learned.reason = strange      ? "a step that the solver sees is not among the explored ones"
                     : by.empty() ? "too many clauses"
                                  : "stopped by " + by;
    return learned;
  }
  learned.tried = static_cast<std::size_t>(clauses.size());
  learned.invariant = rest(clauses);
  if (!learned.invariant) learned.reason = "stopped by " + clauses.stopped();
  return learned;
}

std::optional<Invariant> needed(System& system, const Bounds& bounds, const Goals& goals,
                                const Invariant& invariant, const Limits& limits) {
  Clauses clauses(system, bounds, goals, limits);
  for (const Clause& clause : invariant.clauses) clauses.add(clause);
  return rest(clauses);
}

}  // namespace luproof::checker::proof
