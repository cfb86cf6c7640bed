// SPDX-License-Identifier: GPL-2.0-or-later
// No run is shown that the interpreter cannot walk: every step by its label, every state by its
// data.
//
// A label does not always fix the successor, so all configurations that fit are kept side by side.
#include <fmt/format.h>

#include "checker/check.h"
#include "checker/interpreter.h"
#include "checker/lasso.h"

namespace luproof::checker {
namespace {

struct Candidate {
  Configuration at;
  std::size_t parent = 0;
};

// The configurations that lead to one of the last level.
std::vector<const Configuration*> way_to(const std::vector<std::vector<Candidate>>& levels,
                                         std::size_t last) {
  std::vector<const Configuration*> way(levels.size());
  for (std::size_t i = levels.size(); i-- > 0;) {
    way[i] = &levels[i][last].at;
    last = levels[i][last].parent;
  }
  return way;
}

// The step that violates a property may have been fused with steps behind it, which nothing looks
// at: the run ends before them.
void end_with_first_of_fused(Run& run) {
  while (run.steps.size() > 1 && run.states.size() == run.steps.size() + 1 &&
         run.states[run.steps.size() - 1].empty()) {
    run.steps.pop_back();
    run.args.pop_back();
    run.states.pop_back();
  }
}

}  // namespace

std::string replay(const model::Model& model, const model::Layout& layout, Run& run, int property,
                   Value* element, Configuration* end) {
  const Interpreter interpreter(model, layout);
  if (run.states.empty()) return "it has no first state";
  std::vector<std::vector<Candidate>> levels(1);
  for (Configuration& start : interpreter.initial_with(run.states[0]))
    levels[0].push_back({std::move(start), 0});
  if (levels[0].empty()) return "its first state is no initial state";
  const bool safety = property >= 0 &&
                      model.properties[property].kind == model::PropertyKind::Safety &&
                      run.fault == Fault::None;
  const bool in_state = safety && model.properties[property].moment == model::Moment::EveryState;
  if (safety && !in_state) end_with_first_of_fused(run);
  const bool leads_to =
      property >= 0 && model.properties[property].kind == model::PropertyKind::LeadsTo;
  bool shown = !safety && !leads_to;
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    const bool last = i + 1 == run.steps.size();
    std::vector<Candidate> next;
    bool faulted = false;
    for (std::size_t c = 0; c < levels[i].size(); ++c)
      for (Successor& s : interpreter.successors(levels[i][c].at)) {
        if (!(s.label == run.steps[i])) continue;
        if (s.fault != Fault::None) {
          if (last && s.fault == run.fault) {
            faulted = true;
            next.push_back({levels[i][c].at, c});
          }
          continue;
        }
        if (s.scope_exhausted || (last && run.fault != Fault::None)) continue;
        if (i + 1 < run.states.size() && !run.states[i + 1].empty() &&
            s.next.data != run.states[i + 1])
          continue;
        if (last && safety && !in_state &&
            interpreter.bad_step(property, levels[i][c].at, s, element))
          shown = true;
        next.push_back({s.next, c});
      }
    if (next.empty() || (last && run.fault != Fault::None && !faulted))
      return fmt::format("step {} of {} is no step of the model there", i + 1, run.steps.size());
    levels.push_back(std::move(next));
  }
  std::size_t at = 0;
  if (in_state)
    for (std::size_t c = 0; c < levels.back().size(); ++c)
      if (interpreter.bad_state(property, levels.back()[c].at, element)) {
        shown = true;
        at = c;
      }
  for (std::size_t c = 0; leads_to && c < levels.back().size() && !shown; ++c)
    if (never_comes(interpreter, model, layout, model.properties[property], run,
                    way_to(levels, c))) {
      shown = true;
      at = c;
    }
  if (!shown)
    return leads_to ? "it does not show that it never comes"
                    : "its last step does not violate the property";
  if (end) *end = levels.back()[at].at;
  run.states.resize(run.steps.size() + (run.fault == Fault::None ? 1 : 0));
  const std::vector<const Configuration*> way = way_to(levels, at);
  for (std::size_t i = 0; i < run.states.size(); ++i) run.states[i] = way[i]->data;
  return {};
}

}  // namespace luproof::checker
