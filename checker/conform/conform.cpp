// SPDX-License-Identifier: GPL-2.0-or-later
// First a run that violates nothing is looked for, then any run. If only the second is there,
// whatever really happened between the lines violated something.
#include "checker/conform/conform.h"

#include <algorithm>

#include "checker/conform/reasons.h"
#include "checker/conform/search.h"

namespace luproof::checker {
namespace {

// From the start to `place`.
std::vector<std::uint32_t> path_to(const ConformSearch& search, std::uint32_t place) {
  std::vector<std::uint32_t> path = {place};
  while (search.places()[path.back()].parent != path.back())
    path.push_back(search.places()[path.back()].parent);
  std::reverse(path.begin(), path.end());
  return path;
}

// The run to a place, with the real budgets of the environment, which the search does not count.
void take_run(System& system, ConformSearch& search, std::uint32_t place, Conformity& result) {
  const std::vector<std::uint32_t> path = path_to(search, place);
  State state;
  search.state_of(search.places()[path.front()], state);
  const auto data = [&] { return State(state.begin(), state.begin() + system.data_slots()); };
  result.run.states = {data()};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Spot& at = search.places()[path[i]];
    if (at.by < 0) {
      if (!result.shows.empty()) result.shows.back() = at.position;
      continue;
    }
    const Transition& t = system.transitions[at.by];
    std::vector<Value> args;
    for (const Term a : t.args.front()) args.push_back(system.terms.evaluate(a, state));
    State next = state;
    for (const auto& [slot, value] : t.updates) next[slot] = system.terms.evaluate(value, state);
    state = std::move(next);
    result.run.steps.push_back(t.labels.front());
    result.run.args.push_back(std::move(args));
    result.run.states.push_back(data());
    result.run.weight += t.weight;
    result.shows.push_back(at.position);
  }
}

// The first violation on the way to a place.
int first_violation(ConformSearch& search, std::uint32_t place) {
  State before, state;
  for (const std::uint32_t number : path_to(search, place)) {
    const Spot& at = search.places()[number];
    search.state_of(at, state);
    if (at.by >= 0)
      if (const int step = search.bad_step(at.by, before); step >= 0) return step;
    if (const int now = search.bad_state(state); now >= 0) return now;
    before = state;
  }
  return -1;
}

}  // namespace

Conformity conform(System& system, const Observations& observations, const ConformOptions& options,
                   const Limits& limits) {
  const Shown shown(system);
  Conformity result;
  ConformSearch clean(system, shown, observations, true, options, limits);
  const std::int64_t found = clean.run();
  result.states = clean.places().size();
  result.furthest = clean.furthest();
  if (found >= 0) {
    result.answer = Conformity::Answer::Explained;
    take_run(system, clean, static_cast<std::uint32_t>(found), result);
    return result;
  }
  result.stopped_by = clean.stopped_by();
  if (!result.stopped_by.empty()) return result;

  ConformSearch any(system, shown, observations, false, options, limits);
  const std::int64_t end = any.run();
  result.states += any.places().size();
  const bool faults =
      any.fault() >= 0 && any.places()[any.fault_place()].position >= any.furthest();
  if (end >= 0 || faults) {
    result.answer = Conformity::Answer::Violates;
    result.violated_at = std::min(clean.furthest(), observations.seen.size() - 1);
    const auto place = end >= 0 ? static_cast<std::uint32_t>(end) : any.fault_place();
    take_run(system, any, place, result);
    result.property_index = first_violation(any, place);
    if (result.property_index >= 0)
      result.property = system.model->properties[result.property_index].name;
    else if (faults)
      result.property = fault_name(system.transitions[any.fault()].fault);
    return result;
  }
  result.stopped_by = any.stopped_by();
  if (!result.stopped_by.empty()) return result;
  result.answer = Conformity::Answer::Unexplained;
  result.furthest = any.furthest();
  give_reasons(system, shown, observations, any, result);
  return result;
}

}  // namespace luproof::checker
