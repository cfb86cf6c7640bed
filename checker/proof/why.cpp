// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/why.h"

#include <algorithm>

#include "checker/proof/clauses.h"
#include "checker/proof/prove.h"
#include "checker/proof/speak.h"

namespace luproof::checker::proof {
namespace {

Why::Guard guard_of(const System& system, const Speaker& speaker, const Transition& transition) {
  Why::Guard guard;
  guard.step = speaker.step(transition);
  const Label& label = transition.labels.front();
  const model::Span* span = label.stmt >= 0    ? &system.model->statement_by_id[label.stmt]->span
                            : label.event >= 0 ? &system.model->events[label.event].origin.span
                                               : nullptr;
  if (span && span->source) {
    guard.file = span->source->path;
    guard.line = span->line;
  }
  return guard;
}

}  // namespace

std::vector<Why> why(System& system, const Proof& proof, const Limits& limits) try {
  std::vector<Why> result;
  const Bounds bounds = bounds_of(system);
  const Speaker speaker(system);
  for (const int property : proof.properties) {
    Goals goals = goals_of(system, {property}, {});
    // A run that a built-in violation ends breaks no promise beyond it.
    goals.faults.clear();
    std::erase_if(goals.list, [](const Goal& goal) { return goal.kind == Goal::Kind::Fault; });
    const auto own = needed(system, bounds, goals, proof.invariant, limits);
    if (!own) return {};
    Why why;
    why.property = property;
    for (const Clause& clause : own->clauses) why.clauses.push_back(speaker.clause(clause));
    Clauses clauses(system, bounds, goals, limits);
    for (const Clause& clause : own->clauses) clauses.add(clause);
    for (int k = 0; k < clauses.size(); ++k)
      for (const int t : clauses.rests_on_guards(k)) {
        const Why::Guard guard = guard_of(system, speaker, system.transitions[t]);
        if (std::find(why.guards.begin(), why.guards.end(), guard) == why.guards.end())
          why.guards.push_back(guard);
      }
    if (!clauses.stopped().empty()) return {};
    result.push_back(std::move(why));
  }
  return result;
} catch (const Ended&) {
  return {};
}

}  // namespace luproof::checker::proof
