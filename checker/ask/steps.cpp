// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ask/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/describe.h"

namespace luproof::checker::ask {
namespace {

std::string head(const std::string& text) { return text.substr(0, text.find('(')); }

std::string entered(const model::Model& model, const Passing& passing,
                    const std::vector<Value>& args) {
  const model::Procedure& p = model.procedures[passing.procedure];
  std::string text = p.name + "(";
  for (std::size_t i = 0; i < args.size(); ++i)
    text += (i ? ", " : "") + model.value_text(p.locals[i].type, args[i]);
  return text + ")";
}

}  // namespace

Steps::Steps(const System& system, const model::Criterion& criterion,
             model::Diagnostics& diagnostics)
    : s_(system), c_(criterion) {
  for (const model::NamedStep& step : c_.from.steps) know(step, diagnostics);
  for (const model::NamedStep& step : c_.to.steps) know(step, diagnostics);
  for (const model::NamedStep& step : c_.counted) know(step, diagnostics);
  for (const auto& [step, time] : c_.takes) know(step, diagnostics);
}

void Steps::know(const model::NamedStep& step, model::Diagnostics& diagnostics) const {
  std::vector<std::string> known = {"kexec"};
  for (const auto& e : s_.model->events) known.push_back(e.name);
  for (const auto& p : s_.model->procedures) known.push_back(p.name);
  for (const auto& a : s_.model->acts) known.push_back(a.name);
  const std::string name = head(step.text);
  if (std::find(known.begin(), known.end(), name) == known.end())
    diagnostics.error(step.span,
                      fmt::format("no event or procedure is called '{}'", model::printable(name)),
                      model::did_you_mean(name, known));
}

void Steps::add(const std::string& text, bool visible, Effects& effects) const {
  const auto means = [&](const model::NamedStep& step) {
    return speaks_of(*s_.model, step.text, text);
  };
  Effect e;
  e.from = std::any_of(c_.from.steps.begin(), c_.from.steps.end(), means);
  e.to = std::any_of(c_.to.steps.begin(), c_.to.steps.end(), means);
  for (const auto& [step, time] : c_.takes)
    if (means(step)) e.weight += time;
  if (!c_.counted.empty())
    e.weight = std::any_of(c_.counted.begin(), c_.counted.end(), means);
  else if (c_.takes.empty())
    e.weight = visible;
  if (e != Effect{}) effects.push_back(e);
}

const Effects& Steps::of(std::uint32_t transition, const State& before) {
  const Transition& t = s_.transitions[transition];
  key_.assign(1, static_cast<Value>(transition));
  for (const auto& args : t.args)
    for (const Term a : args) key_.push_back(s_.terms.evaluate(a, before));
  for (const Passing& p : t.passings)
    for (const Term a : p.args) key_.push_back(s_.terms.evaluate(a, before));
  const auto [found, fresh] = known_.try_emplace(key_);
  if (!fresh) return found->second;
  std::size_t at = 1;
  std::vector<std::vector<Value>> args;  // of labels, then of passings
  const auto take = [&](std::size_t count) {
    args.emplace_back(key_.begin() + static_cast<std::ptrdiff_t>(at),
                      key_.begin() + static_cast<std::ptrdiff_t>(at + count));
    at += count;
  };
  for (std::size_t l = 0; l < t.labels.size(); ++l) take(l < t.args.size() ? t.args[l].size() : 0);
  for (const Passing& p : t.passings) take(p.args.size());
  for (std::size_t l = 0; l < t.labels.size(); ++l) {
    // What a step calls begins before what it does.
    for (std::size_t p = 0; p < t.passings.size(); ++p)
      if (t.passings[p].label == static_cast<int>(l) && !t.passings[p].returned)
        add(entered(*s_.model, t.passings[p], args[t.labels.size() + p]), false, found->second);
    const Label& label = t.labels[l];
    add(names_itself(*s_.model, label) ? step_text(*s_.model, label, args[l]) : "",
        weight_of(*s_.model, label) > 0, found->second);
  }
  return found->second;
}

}  // namespace luproof::checker::ask
