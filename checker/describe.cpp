// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/describe.h"

#include <fmt/format.h>

namespace luproof::checker {
namespace {

bool holds(const model::Block& block, int id) {
  for (const auto& s : block) {
    if (s->id == id || (s->undo && s->undo->id == id) || holds(s->body, id) || holds(s->orelse, id))
      return true;
    for (const auto& alternative : s->alternatives)
      if (holds(alternative, id)) return true;
  }
  return false;
}

std::string with_arguments(const model::Model& model, const model::Event& event,
                           const std::vector<Value>& args) {
  std::string text = event.name + "(";
  for (std::size_t i = 0; i < args.size(); ++i)
    text += (i ? ", " : "") + model.value_text(event.locals[i].type, args[i]);
  return text + ")";
}

}  // namespace

Place place_of(const model::Model& model, int statement) {
  for (const auto& p : model.procedures)
    if (holds(p.body, statement)) return {p.name, &p.origin};
  for (const auto& e : model.events)
    if (holds(e.body, statement)) return {e.name, &e.origin};
  for (const auto& a : model.actors)
    if (holds(a.body, statement)) return {a.name, &a.origin};
  return {};
}

std::string step_text(const model::Model& model, const Label& label,
                      const std::vector<Value>& args) {
  if (label.event >= 0)
    return with_arguments(model, model.events[label.event], args.empty() ? label.args : args);
  if (label.stmt < 0) return "";
  const model::Stmt& s = *model.statement_by_id[label.stmt];
  if (s.kind == model::StmtKind::Fire) return with_arguments(model, model.events[s.ref], args);
  if (s.kind == model::StmtKind::Kexec) return "kexec";
  if (s.kind == model::StmtKind::MayFail && !label.choices.empty() && label.choices[0] == 1)
    return model.acts[s.ref].name;
  return place_of(model, label.stmt).name;
}

std::string step_text(const System& system, const Transition& transition, const State& before) {
  std::vector<Value> args;
  // The step that counts is the visible one; of a fused transition the last visible label.
  std::size_t at = transition.labels.size() - 1;
  for (std::size_t i = transition.labels.size(); i-- > 0;)
    if (weight_of(*system.model, transition.labels[i])) {
      at = i;
      break;
    }
  if (at < transition.args.size())
    for (const Term a : transition.args[at]) args.push_back(system.terms.evaluate(a, before));
  return step_text(*system.model, transition.labels[at], args);
}

}  // namespace luproof::checker
