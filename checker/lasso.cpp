// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/lasso.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/stuck.h"

namespace luproof::checker {
namespace {

// Per instance, whether it has a step that leads on.
std::vector<char> able(const Interpreter& interpreter, std::size_t instances,
                       const Configuration& at) {
  std::vector<char> may(instances, 0);
  for (const Successor& s : interpreter.successors(at))
    if (s.label.instance >= 0 && s.fault == Fault::None && !s.scope_exhausted)
      may[static_cast<std::size_t>(s.label.instance)] = 1;
  return may;
}

}  // namespace

bool weakly_fair(const model::Model& model, const model::Layout& layout, int instance) {
  const model::Life life = model.actors[layout.instances()[instance].actor].life;
  return life == model::Life::Kernel || life == model::Life::Hardware;
}

bool never_comes(const Interpreter& interpreter, const model::Model& model,
                 const model::Layout& layout, const model::Property& property, const Run& run,
                 const std::vector<const Configuration*>& at) {
  bool awaited = false;
  for (std::size_t i = at.size(); i-- > 0;) {
    const bool repeated = run.loop >= 0 && i >= static_cast<std::size_t>(run.loop);
    if (awaited && !repeated) break;
    if (interpreter.holds(*property.to, *at[i])) return false;
    awaited = awaited || !property.from || interpreter.holds(*property.from, *at[i]);
  }
  if (!awaited) return false;
  const std::size_t instances = layout.instances().size();
  std::vector<char> done(instances, 0);
  const auto rests = [&](const Configuration& c) {
    const std::vector<char> may = able(interpreter, instances, c);
    for (std::size_t i = 0; i < instances; ++i) done[i] = done[i] || !may[i];
  };
  if (run.loop < 0) {
    rests(*at.back());
  } else {
    const auto first = static_cast<std::size_t>(run.loop);
    if (first >= run.steps.size()) return false;
    if (interpreter.key(*at[first]) != interpreter.key(*at.back())) return false;
    for (std::size_t i = first; i < run.steps.size(); ++i) {
      if (const int moves = run.steps[i].instance; moves >= 0)
        done[static_cast<std::size_t>(moves)] = 1;
      rests(*at[i]);
    }
  }
  for (std::size_t i = 0; i < instances; ++i)
    if (!done[i] && weakly_fair(model, layout, static_cast<int>(i))) return false;
  return true;
}

std::string lasso_text(const model::Model& model, const model::Layout& layout, const Run& run,
                       const Configuration& end) {
  if (run.loop < 0) {
    const std::string waiting = waiting_text(model, layout, end, -1);
    return "it may end there: no kernel or hardware actor can go on" +
           (waiting.empty() ? "" : "; " + waiting);
  }
  const auto first = static_cast<std::size_t>(run.loop);
  int before = 0, within = 0;
  for (std::size_t i = 0; i < run.steps.size(); ++i)
    (i < first ? before : within) += weight_of(model, run.steps[i]);
  if (within == 0) {
    const std::size_t silent = run.steps.size() - first;
    return silent == 1
               ? "the last step, a silent one, is repeated for ever"
               : fmt::format("the last {} steps, silent ones, are repeated for ever", silent);
  }
  if (within == 1) return fmt::format("step {} is repeated for ever", before + 1);
  return fmt::format("steps {} to {} are repeated for ever", before + 1, before + within);
}

}  // namespace luproof::checker
