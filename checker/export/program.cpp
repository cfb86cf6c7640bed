// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/describe.h"
#include "checker/export/names.h"

namespace luproof::checker::exporter {

using model::PropertyKind;

namespace {

class Folding {
 public:
  Folding(System& system, const std::vector<std::optional<Value>>& constants)
      : system_(system), constants_(constants) {}
  Term operator()(Term term) {
    return system_.terms.substitute(
        term,
        [&](int slot, Term as_it_is) {
          return constants_[slot] ? system_.terms.constant(*constants_[slot]) : as_it_is;
        },
        memo_);
  }
  bool impossible(Term term) { return system_.terms.is_false((*this)(term)); }

 private:
  System& system_;
  const std::vector<std::optional<Value>>& constants_;
  Terms::Memo memo_;
};

std::string rule_text(const System& system, const Transition& t) {
  const Label& label = t.labels.back();
  const std::string who = t.instance < 0 ? "" : system.layout->instance_name(t.instance) + ": ";
  std::string what, where;
  if (label.event >= 0) {
    const model::Event& event = system.model->events[label.event];
    what = event.name + "(";
    for (std::size_t i = 0; i < label.args.size(); ++i)
      what += (i ? ", " : "") + system.model->value_text(event.locals[i].type, label.args[i]);
    what += ")";
    where = event.origin.span.where();
  } else if (label.stmt >= 0) {
    const model::Stmt& statement = *system.model->statement_by_id[label.stmt];
    what = place_of(*system.model, label.stmt).name;
    where = statement.span.where();
  }
  const std::size_t name = where.rfind('/');
  return who + what + " at " + (name == std::string::npos ? where : where.substr(name + 1));
}

class Lowering {
 public:
  Lowering(System& system, const std::vector<int>& only)
      : system_(system), only_(only), constants_(unchanging(system)), fold_(system, constants_) {
    program_.system = &system;
    program_.shown = harmless(system.model->name);
  }

  Program run() {
    variables();
    first_states();
    goals();
    rules();
    return std::move(program_);
  }

 private:
  void variables();
  void first_states();
  void rules();
  void goals();
  int goal(GoalKind kind, const std::string& text, Term when) {
    const std::size_t number = program_.goals.size();
    program_.goals.push_back(
        {identifier('p', number, text), harmless(text), kind, when, -1, Fault::None});
    return static_cast<int>(number);
  }
  bool wanted(std::size_t property) const {
    return only_.empty() ||
           std::find(only_.begin(), only_.end(), static_cast<int>(property)) != only_.end();
  }

  System& system_;
  const std::vector<int>& only_;
  std::vector<std::optional<Value>> constants_;
  Folding fold_;
  Program program_;
  std::vector<int> goal_of_;  // of each property
  std::map<Fault, int> fault_goal_;
  int exhausted_goal_ = -1;
};

void Lowering::variables() {
  program_.variable_of.assign(system_.slots.size(), -1);
  std::map<int, std::string> control;
  for (std::size_t i = 0; i < system_.point_slot.size(); ++i) {
    const std::string who = system_.layout->instance_name(static_cast<int>(i));
    control[system_.point_slot[i]] = "point of " + who;
    const auto& columns = system_.programs[system_.layout->instances()[i].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      control[system_.column_slot[i] + static_cast<int>(c)] =
          fmt::format("column {} of {}", c, who);
  }
  for (std::size_t s = 0; s < system_.slots.size(); ++s) {
    if (constants_[s]) continue;
    const int slot = static_cast<int>(s);
    const std::string text =
        slot < system_.data_slots() ? system_.layout->slot_name(slot) : control[slot];
    program_.variable_of[s] = static_cast<int>(program_.variables.size());
    Variable variable;
    variable.slot = slot;
    variable.name = identifier('v', s, text);
    variable.shown = harmless(text);
    variable.low = system_.slots[s].low;
    variable.high = system_.slots[s].high;
    program_.variables.push_back(std::move(variable));
  }
}

void Lowering::first_states() {
  for (Variable& v : program_.variables) {
    const SlotRange range = system_.at_start(v.slot);
    const bool control = v.slot >= system_.data_slots();
    v.first_low = system_.initial[v.slot].value_or(range.low);
    v.first_high = system_.initial[v.slot].value_or(control ? range.low : range.high);
  }
  // What is the same in every first state is put in, so that these terms read free variables only.
  const std::vector<std::optional<Value>> certain = certain_at_start(system_);
  Folding at_start(system_, certain);
  for (const auto& [slot, term] : system_.initial_terms)
    if (const int v = program_.variable_of[slot]; v >= 0)
      program_.variables[v].first_term = at_start(term);
  for (const Term assumption : system_.assumptions)
    if (const Term folded = at_start(assumption); !system_.terms.is_true(folded))
      program_.assumptions.push_back(folded);
  if (system_.starts.empty()) {  // then there is no first state at all
    program_.assumptions = {system_.terms.truth(false)};
    return;
  }
  for (const auto& start : system_.starts)
    for (const auto& [slot, value] : start)
      if (const int v = program_.variable_of[slot]; v >= 0) {
        Variable& variable = program_.variables[v];
        if (system_.starts.size() == 1) variable.first_low = variable.first_high = value;
        variable.by_start = system_.starts.size() > 1;
        variable.first_term = -1;
      }
  if (system_.starts.size() == 1) return;
  for (const auto& start : system_.starts) {
    const std::map<int, Value> given(start.begin(), start.end());
    auto& values = program_.starts.emplace_back();
    for (std::size_t v = 0; v < program_.variables.size(); ++v)
      if (const Variable& variable = program_.variables[v]; variable.by_start) {
        const auto at = given.find(variable.slot);
        values.emplace_back(static_cast<int>(v),
                            at != given.end() ? at->second : variable.first_low);
      }
  }
  std::sort(program_.starts.begin(), program_.starts.end());
  program_.starts.erase(std::unique(program_.starts.begin(), program_.starts.end()),
                        program_.starts.end());
}

void Lowering::goals() {
  Terms& terms = system_.terms;
  const auto& properties = system_.model->properties;
  goal_of_.assign(properties.size(), -1);
  for (std::size_t p = 0; p < properties.size(); ++p) {
    const model::Property& property = properties[p];
    if (!wanted(p)) continue;
    if (property.kind == PropertyKind::Possible)
      goal_of_[p] = goal(GoalKind::Possible, property.name, fold_(system_.to[p]));
    else if (property.kind == PropertyKind::Safety && !property.clauses.empty())
      goal_of_[p] = goal(GoalKind::Never, property.name,
                         system_.bad[p] < 0 ? terms.truth(false) : fold_(system_.bad[p]));
    if (goal_of_[p] >= 0) program_.goals[goal_of_[p]].property = static_cast<int>(p);
  }
  for (const Transition& t : system_.transitions) {
    if (t.fault != Fault::None && only_.empty() && !fault_goal_.count(t.fault)) {
      fault_goal_[t.fault] = goal(GoalKind::Fault, fault_name(t.fault), terms.truth(false));
      program_.goals.back().fault = t.fault;
    }
    if (t.exhausted && exhausted_goal_ < 0)
      exhausted_goal_ = goal(GoalKind::Exhausted, "pool-full", terms.truth(false));
  }
}

void Lowering::rules() {
  const Term yes = system_.terms.truth(true);
  for (std::size_t i = 0; i < system_.transitions.size(); ++i) {
    const Transition& t = system_.transitions[i];
    Rule rule;
    rule.transition = static_cast<int>(i);
    rule.guard = fold_(t.guard);
    if (system_.terms.is_false(rule.guard)) continue;
    rule.shown = harmless(rule_text(system_, t));
    rule.name = identifier('r', program_.rules.size(), rule.shown);
    rule.ends = t.fault != Fault::None || t.exhausted;
    if (const auto fault = fault_goal_.find(t.fault); fault != fault_goal_.end())
      rule.hits.emplace_back(fault->second, yes);
    if (t.fault == Fault::None)
      for (const StepCheck& check : t.checks)
        if (const Term bad = fold_(check.bad);
            goal_of_[check.property] >= 0 && !system_.terms.is_false(bad))
          rule.hits.emplace_back(goal_of_[check.property], bad);
    if (t.exhausted) rule.hits.emplace_back(exhausted_goal_, yes);
    if (!rule.ends)
      for (const auto& [slot, term] : t.updates)
        if (const int v = program_.variable_of[slot]; v >= 0)
          if (const Term value = fold_(term); value != system_.slot(slot))
            rule.updates.emplace_back(v, value);
    if (!rule.ends || !rule.hits.empty()) program_.rules.push_back(std::move(rule));
  }
}

}  // namespace

std::vector<std::optional<Value>> certain_at_start(const System& system) {
  std::vector<std::optional<Value>> certain(system.slots.size());
  for (std::size_t s = 0; s < certain.size(); ++s) {
    const SlotRange range = system.at_start(static_cast<int>(s));
    const bool control = s >= static_cast<std::size_t>(system.data_slots());
    if (system.initial[s] || control || range.low == range.high)
      certain[s] = system.initial[s].value_or(range.low);
  }
  for (const auto& [slot, term] : system.initial_terms) certain[slot] = std::nullopt;
  std::map<int, std::vector<Value>> by_start;
  for (const auto& start : system.starts)
    for (const auto& [slot, value] : start) by_start[slot].push_back(value);
  for (const auto& [slot, values] : by_start) {
    const bool same = std::all_of(values.begin(), values.end(),
                                  [&, first = values[0]](Value v) { return v == first; });
    if (values.size() == system.starts.size() ? same : same && certain[slot] == values[0])
      certain[slot] = values[0];
    else
      certain[slot] = std::nullopt;
  }
  return certain;
}

std::vector<std::optional<Value>> unchanging(System& system) {
  std::vector<std::optional<Value>> constants = certain_at_start(system);
  // All of them are constants until a possible step is found that changes one.
  bool again = true;
  while (again) {
    Folding fold(system, constants);
    std::vector<int> change;
    for (const Transition& t : system.transitions) {
      if (t.fault != Fault::None || t.exhausted || fold.impossible(t.guard)) continue;
      for (const auto& [slot, term] : t.updates)
        if (constants[slot] && fold(term) != system.terms.constant(*constants[slot]))
          change.push_back(slot);
    }
    for (const int slot : change) constants[slot] = std::nullopt;
    again = !change.empty();
  }
  return constants;
}

Term reached(const Program& program, int goal) {
  Terms& terms = program.system->terms;
  std::vector<Term> any = {program.goals[goal].when};
  for (const Rule& rule : program.rules)
    for (const auto& [hit, when] : rule.hits)
      if (hit == goal) any.push_back(terms.conj(rule.guard, when));
  while (any.size() > 1) {  // in pairs, or the term would be as deep as there are rules
    std::vector<Term> half;
    for (std::size_t i = 0; i < any.size(); i += 2)
      half.push_back(i + 1 < any.size() ? terms.disj(any[i], any[i + 1]) : any[i]);
    any.swap(half);
  }
  return any[0];
}

Program lower(System& system, const std::vector<int>& only) { return Lowering(system, only).run(); }

}  // namespace luproof::checker::exporter
