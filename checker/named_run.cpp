// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/named_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace luproof::checker {
namespace {

using model::Cell;
using model::CellKind;
using model::Component;
using model::Layout;
using model::Model;
using model::Part;

constexpr std::size_t kMostCandidates = 1'000;  // configurations that fit the steps so far

std::string text_of(const model::Span& span) {
  if (!span.source || span.line <= 0) return "";
  std::string_view line = span.source->line(span.line);
  line.remove_prefix(std::min<std::size_t>(line.size(), std::max(span.column, 1) - 1));
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  return std::string(line);
}

// Whether a first state may have another value here.
bool is_free(const Model& model, const Component& component, int slot) {
  if (component.part != Part::Value) return false;
  const Cell& cell = model.cells[component.owner];
  if (cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock) return false;
  if (cell.cold_any) return true;
  if (cell.index.size() != 1 || model.base_sort(cell.index[0]) != model::kFunction) return false;
  const auto first =
      model.first_value(cell, model.sorts[cell.index[0]].first + slot - component.base);
  return first && first->low != first->high;
}

// The configurations that fit the steps so far, each with where it came from.
struct Candidate {
  Configuration at;
  Successor by;
  std::size_t parent = 0;
};
using Levels = std::vector<std::vector<Candidate>>;

// fits(step, successor); the number of the step that cannot be taken, or -1.
int walk(const Interpreter& interpreter, std::vector<Configuration> starts, std::size_t steps,
         const std::function<bool(std::size_t, const Successor&)>& fits, Levels& levels) {
  levels.assign(1, {});
  for (Configuration& start : starts) levels[0].push_back({std::move(start), {}, 0});
  for (std::size_t i = 0; i < steps; ++i) {
    std::vector<Candidate> next;
    for (std::size_t c = 0; c < levels[i].size() && next.size() < kMostCandidates; ++c)
      for (Successor& s : interpreter.successors(levels[i][c].at))
        if (!s.scope_exhausted && fits(i, s)) next.push_back({s.next, s, c});
    if (next.empty()) return static_cast<int>(i);
    levels.push_back(std::move(next));
  }
  return -1;
}

std::optional<Value> value_of(const Layout& layout, int slot, const std::string& text) {
  const Component& component = layout.component_of(slot);
  for (Value v = component.low; v <= component.high; ++v)
    if (layout.slot_value(slot, v) == text) return v;
  return std::nullopt;
}

std::vector<Configuration> starts_of(const Interpreter& interpreter, const Model& model,
                                     const Layout& layout,
                                     const std::map<std::string, std::string>& start,
                                     std::string& why) {
  State like(static_cast<std::size_t>(layout.slots()));
  std::vector<int> slots;
  for (int slot = 0; slot < layout.slots(); ++slot) {
    const Component& component = layout.component_of(slot);
    if (!is_free(model, component, slot)) continue;
    like[slot] = component.low;
    const auto wanted = start.find(layout.slot_name(slot));
    if (wanted == start.end()) continue;
    const auto value = value_of(layout, slot, wanted->second);
    if (!value) {
      why = fmt::format("its first state has {} = {}, which is no value of it", wanted->first,
                        wanted->second);
      return {};
    }
    like[slot] = *value;
    slots.push_back(slot);
  }
  if (slots.size() != start.size()) {
    for (const auto& given : start)
      if (std::none_of(slots.begin(), slots.end(),
                       [&](int slot) { return layout.slot_name(slot) == given.first; }))
        why = fmt::format("its first state has a value for {}, which this spec does not leave open",
                          given.first);
    return {};
  }
  std::vector<Configuration> starts = interpreter.initial_like(like);
  std::erase_if(starts, [&](const Configuration& one) {
    return std::any_of(slots.begin(), slots.end(),
                       [&](int slot) { return one.data[slot] != like[slot]; });
  });
  if (starts.empty()) why = "its first state is no first state of this spec";
  return starts;
}

// Why none of the configurations has the step.
std::string why_not(const Interpreter& interpreter, const Model& model, const Layout& layout,
                    const StepNames& names, const StepName& wanted, const Configuration& at) {
  if (wanted.actor.empty()) return fmt::format("{} cannot happen there", wanted.event);
  for (std::size_t i = 0; i < layout.instances().size(); ++i) {
    if (layout.instance_name(static_cast<int>(i)) != wanted.actor) continue;
    const int stmt = interpreter.positions(at)[i];
    if (stmt < 0) return fmt::format("{} has ended there", wanted.actor);
    if (names.text(stmt) != wanted.statement)
      return fmt::format("{} stands at {}: {}", wanted.actor,
                         model.statement_by_id[stmt]->span.where(), names.text(stmt));
    return fmt::format("{} cannot take it there with the same choices", wanted.actor);
  }
  return fmt::format("there is no actor '{}'", wanted.actor);
}

}  // namespace

StepNames::StepNames(const Model& model, const Layout& layout)
    : model_(model), layout_(layout), statements_(static_cast<std::size_t>(model.statements)) {
  for (const auto& p : model.procedures) add(p.body, p.name);
  for (const auto& e : model.events) add(e.body, e.name);
  for (const auto& a : model.actors) add(a.body, a.name);
}

void StepNames::add(const model::Block& block, const std::string& in) {
  for (const auto& s : block) add(*s, in);
}

void StepNames::add(const model::Stmt& statement, const std::string& in) {
  Statement& known = statements_[static_cast<std::size_t>(statement.id)];
  known.in = in;
  known.statement = text_of(statement.span);
  known.nth = ++count_[{in, known.statement}];
  if (statement.undo) add(*statement.undo, in);
  add(statement.body, in);
  add(statement.orelse, in);
  for (const auto& alternative : statement.alternatives) add(alternative, in);
}

StepName StepNames::of(const Label& label, const std::vector<ChoiceOf>& choices_of) const {
  StepName name;
  if (label.instance >= 0) name.actor = layout_.instance_name(label.instance);
  if (label.stmt >= 0) {
    const Statement& s = statements_[static_cast<std::size_t>(label.stmt)];
    name.in = s.in;
    name.statement = s.statement;
    name.nth = s.nth;
  }
  if (label.event >= 0) {
    const model::Event& event = model_.events[label.event];
    name.event = event.name;
    for (std::size_t i = 0; i < label.args.size(); ++i)
      name.args.push_back(model_.value_text(event.locals[i].type, label.args[i]));
  }
  for (std::size_t i = 0; i < label.choices.size(); ++i) {
    const Value value = label.choices[i];
    const ChoiceOf of = i < choices_of.size() ? choices_of[i] : ChoiceOf{};
    switch (of.kind) {
      case ChoiceOf::Kind::Fails:
        name.choices.emplace_back(value ? "fails" : "goes on");
        break;
      case ChoiceOf::Kind::Alternative:
        name.choices.push_back(fmt::format("alternative {}", value + 1));
        break;
      case ChoiceOf::Kind::Member:
        name.choices.push_back(of.of < 0 ? std::to_string(value)
                                         : model_.element_name(of.of, value));
        break;
      case ChoiceOf::Kind::Slot:
        name.choices.push_back(layout_.slot_name(of.of) + " = " + layout_.slot_value(of.of, value));
        break;
    }
  }
  return name;
}

bool StepNames::knows(const StepName& name) const {
  if (name.actor.empty())
    return std::any_of(model_.events.begin(), model_.events.end(),
                       [&](const model::Event& e) { return e.name == name.event; });
  if (name.statement.empty()) return true;
  return std::any_of(statements_.begin(), statements_.end(), [&](const Statement& s) {
    return s.in == name.in && s.statement == name.statement && s.nth == name.nth;
  });
}

std::map<std::string, std::string> free_values(const Model& model, const Layout& layout,
                                               const State& first) {
  std::map<std::string, std::string> found;
  for (int slot = 0; slot < layout.slots() && slot < static_cast<int>(first.size()); ++slot)
    if (is_free(model, layout.component_of(slot), slot))
      found[layout.slot_name(slot)] = layout.slot_value(slot, first[slot]);
  return found;
}

std::optional<NamedRun> name_run(const Model& model, const Layout& layout, const Run& run) {
  if (run.states.empty()) return std::nullopt;
  const Interpreter interpreter(model, layout);
  const StepNames names(model, layout);
  Levels levels;
  const auto fits = [&](std::size_t i, const Successor& s) {
    if (!(s.label == run.steps[i])) return false;
    if (s.fault != Fault::None) return i + 1 == run.steps.size() && s.fault == run.fault;
    return i + 1 >= run.states.size() || run.states[i + 1].empty() ||
           s.next.data == run.states[i + 1];
  };
  if (walk(interpreter, interpreter.initial_with(run.states[0]), run.steps.size(), fits, levels) >=
      0)
    return std::nullopt;
  NamedRun named;
  named.start = free_values(model, layout, run.states[0]);
  for (std::size_t i = 1; i < levels.size(); ++i)
    named.steps.push_back(names.of(run.steps[i - 1], levels[i][0].by.choices_of));
  if (run.fault != Fault::None) named.fault = fault_name(run.fault);
  return named;
}

std::optional<FoundRun> find_run(const Interpreter& interpreter, const Model& model,
                                 const Layout& layout, const NamedRun& named, std::string& why) {
  const StepNames names(model, layout);
  const std::size_t steps = named.steps.size();
  for (std::size_t i = 0; i < steps; ++i) {
    const StepName& step = named.steps[i];
    if (names.knows(step)) continue;
    why = step.actor.empty()
              ? fmt::format("step {}: there is no event '{}'", i + 1, step.event)
              : fmt::format("step {}: {} has no statement '{}'", i + 1, step.in, step.statement);
    return std::nullopt;
  }
  std::vector<Configuration> starts = starts_of(interpreter, model, layout, named.start, why);
  if (starts.empty()) return std::nullopt;
  const auto fits = [&](std::size_t i, const Successor& s) {
    const std::string fault = s.fault == Fault::None ? "" : fault_name(s.fault);
    if (fault != (i + 1 == steps ? named.fault : "")) return false;
    return names.of(s.label, s.choices_of) == named.steps[i];
  };
  Levels levels;
  if (const int stuck = walk(interpreter, std::move(starts), steps, fits, levels); stuck >= 0) {
    const StepName& wanted = named.steps[static_cast<std::size_t>(stuck)];
    why = fmt::format("step {} of {} ({}: {}) is no step there: {}", stuck + 1, steps,
                      wanted.actor.empty() ? "by itself" : wanted.actor,
                      wanted.actor.empty() ? wanted.event : wanted.statement,
                      why_not(interpreter, model, layout, names, wanted, levels.back()[0].at));
    return std::nullopt;
  }
  FoundRun found;
  found.at.resize(steps + 1);
  found.taken.resize(steps);
  std::size_t at = 0;
  for (std::size_t i = steps + 1; i-- > 0;) {
    found.at[i] = levels[i][at].at;
    if (i > 0) found.taken[i - 1] = levels[i][at].by;
    at = levels[i][at].parent;
  }
  for (const Successor& s : found.taken) {
    found.run.states.push_back(found.at[found.run.steps.size()].data);
    found.run.steps.push_back(s.label);
    found.run.args.push_back(s.fired);
    found.run.weight += weight_of(model, s.label);
    found.run.fault = s.fault;
    found.run.fault_span = s.fault_span;
  }
  if (found.run.fault == Fault::None) found.run.states.push_back(found.at.back().data);
  return found;
}

}  // namespace luproof::checker
