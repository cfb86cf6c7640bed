// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/describe.h"

#include <fmt/format.h>

#include <algorithm>

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

bool names_itself(const model::Model& model, const Label& label) {
  if (label.stmt < 0) return label.event >= 0;
  using Kind = model::StmtKind;
  const Kind kind = model.statement_by_id[label.stmt]->kind;
  return kind == Kind::Fire || kind == Kind::Kexec ||
         (kind == Kind::MayFail && !label.choices.empty() && label.choices[0] == 1);
}

bool speaks_of(const model::Model& model, const std::string& expected, const std::string& actual) {
  if (expected == actual || expected == actual.substr(0, actual.find('('))) return true;
  if (expected.substr(0, expected.find('(')) != actual.substr(0, actual.find('(')) ||
      expected.find('(') == std::string::npos)
    return false;
  auto arguments = [](const std::string& text) {
    std::vector<std::string> all = {""};
    for (std::size_t i = text.find('(') + 1; i < text.size() && text[i] != ')'; ++i) {
      if (text[i] == ',')
        all.emplace_back();
      else if (text[i] != ' ')
        all.back() += text[i];
    }
    return all;
  };
  const auto want = arguments(expected), have = arguments(actual);
  if (want.size() != have.size()) return false;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i] == have[i]) continue;
    bool fits = false;
    for (std::size_t s = 0; s < model.sorts.size(); ++s) {
      if (model.sorts[s].name != want[i]) continue;
      const auto& names = model.sorts[model.base_sort(static_cast<int>(s))].names;
      const auto at = std::find(names.begin(), names.end(), have[i]);
      fits = at != names.end() &&
             model.in_sort(static_cast<int>(s), static_cast<int>(at - names.begin()));
    }
    if (!fits) return false;
  }
  return true;
}

}  // namespace luproof::checker
