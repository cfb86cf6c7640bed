// SPDX-License-Identifier: GPL-2.0-or-later
// First a run that violates nothing is looked for, then any run. If only the second is there,
// whatever really happened between the lines violated something.
#include "checker/conform/conform.h"

#include <algorithm>
#include <optional>

#include "checker/conform/reasons.h"
#include "checker/conform/search.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kStatesSoon = 200'000;
constexpr int kFewUnseen = 3;
constexpr std::size_t kStatesFew = 30'000;

// From the start to `place`.
std::vector<std::uint32_t> path_to(const ConformSearch& search, std::uint32_t place) {
  std::vector<std::uint32_t> path = {place};
  while (search.places()[path.back()].parent != path.back())
    path.push_back(search.places()[path.back()].parent);
  std::reverse(path.begin(), path.end());
  return path;
}

// The first state of a path: what was settled on the way, and whatever fits for the rest.
State first_of(ConformSearch& search, const std::vector<std::uint32_t>& path) {
  State state;
  search.state_of(search.places()[path.front()], state);
  for (const std::uint32_t place : path)
    if (const auto* const settled = search.settled_at(place))
      for (const auto& [slot, value] : *settled)
        if (search.partial().unsettled(slot, state)) state[static_cast<std::size_t>(slot)] = value;
  return search.partial().complete(state).value_or(state);
}

State step_of(const System& system, int transition, const State& state) {
  State next = state;
  for (const auto& [slot, value] : system.transitions[transition].updates)
    next[slot] = system.terms.evaluate(value, state);
  return next;
}

// The run to a place, with the real budgets of the environment, which the search does not count.
void take_run(System& system, ConformSearch& search, std::uint32_t place, Conformity& result) {
  const std::vector<std::uint32_t> path = path_to(search, place);
  State state = first_of(search, path);
  const auto data = [&] { return State(state.begin(), state.begin() + system.data_slots()); };
  result.run.states = {data()};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Spot& at = search.places()[path[i]];
    if (at.by < 0) {
      if (!result.shows.empty()) result.shows.back() = at.position;
      continue;
    }
    const Transition& t = system.transitions[at.by];
    for (std::size_t k = 0; k < t.labels.size(); ++k) {
      std::vector<Value> args;
      for (const Term a : t.args[k]) args.push_back(system.terms.evaluate(a, state));
      result.run.steps.push_back(t.labels[k]);
      result.run.args.push_back(std::move(args));
      result.run.states.emplace_back();  // within joined steps the replay fills it in
      result.shows.push_back(at.position);
    }
    state = step_of(system, at.by, state);
    result.run.states.back() = data();
    result.run.weight += t.weight;
  }
}

// The first violation on the way to a place. The states of the search leave out what makes no
// difference to what is seen, so they are made again.
int first_violation(System& system, ConformSearch& search, std::uint32_t place) {
  const std::vector<std::uint32_t> path = path_to(search, place);
  State state = first_of(search, path);
  for (const std::uint32_t number : path) {
    const Spot& at = search.places()[number];
    if (at.by >= 0) {
      if (const int step = search.bad_step(at.by, state); step >= 0) return step;
      state = step_of(system, at.by, state);
    }
    if (const int now = search.bad_state(state); now >= 0) return now;
  }
  return -1;
}

}  // namespace

Conformity conform(System& system, const Observations& observations, const ConformOptions& options,
                   const Limits& limits) {
  const Shown shown(system);
  Partial partial(system);
  Conformity result;
  // What conforms mostly does so soon; what does not is decided first with fewer differences.
  ConformOptions soon = options;
  std::optional<ConformSearch> clean;
  std::int64_t found = -1;
  for (const int unseen : {0, kFewUnseen, options.most_unseen}) {
    soon.most_unseen = unseen;
    soon.most_states =
        std::min(options.most_states, unseen == kFewUnseen ? kStatesFew : kStatesSoon);
    clean.emplace(system, partial, shown, observations, true, soon, limits);
    found = clean->run();
    result.states += clean->places().size();
    result.furthest = std::max(result.furthest, clean->furthest());
    if (found >= 0) break;
  }
  const auto explained = [&] {
    result.answer = Conformity::Answer::Explained;
    const auto place = static_cast<std::uint32_t>(found);
    if (path_to(*clean, place).size() <= options.longest_run)
      take_run(system, *clean, place, result);
  };
  if (found >= 0) {
    explained();
    return result;
  }
  if (clean->stopped_by() != "states") result.stopped_by = clean->stopped_by();
  if (!result.stopped_by.empty()) return result;

  ConformSearch any(system, partial, shown, observations, false, options, limits);
  const std::int64_t end = any.run();
  result.states += any.places().size();
  result.furthest = std::max(result.furthest, any.furthest());
  const bool faults =
      any.fault() >= 0 && any.places()[any.fault_place()].position >= any.furthest();
  if (end < 0 && !faults) {
    result.stopped_by = any.stopped_by();
    if (!result.stopped_by.empty()) return result;
    result.answer = Conformity::Answer::Unexplained;
    give_reasons(system, shown, observations, any, result);
    return result;
  }
  if (!clean->stopped_by().empty()) {
    clean.emplace(system, partial, shown, observations, true, options, limits);
    found = clean->run();
    result.states += clean->places().size();
    if (found >= 0) {
      explained();
      return result;
    }
    result.stopped_by = clean->stopped_by();
    result.furthest = clean->furthest();
    if (!result.stopped_by.empty()) return result;
  }
  result.answer = Conformity::Answer::Violates;
  result.violated_at = std::min(clean->furthest(), observations.seen.size() - 1);
  const auto place = end >= 0 ? static_cast<std::uint32_t>(end) : any.fault_place();
  take_run(system, any, place, result);
  if (end < 0) {
    result.property = fault_name(system.transitions[any.fault()].fault);
    return result;
  }
  result.property_index = first_violation(system, any, place);
  if (result.property_index >= 0)
    result.property = system.model->properties[result.property_index].name;
  return result;
}

}  // namespace luproof::checker
