// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/describe.h"
#include "report/facts.h"
#include "report/state_cells.h"

namespace luproof::report {
namespace {

using checker::Checked;
using checker::Label;
using checker::Run;
using checker::State;
using checker::Value;
using model::CellKind;
using model::Component;
using model::Model;
using model::Part;
using model::StmtKind;

std::vector<Change> changes(const StateCells& cells, const State& before, const State& after,
                            bool kexec) {
  std::vector<Change> found;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (cells.same(cell, before, after) || (kexec && cells.taken_by_kexec(cell))) continue;
    std::string from = cells.text(cell, before), to = cells.text(cell, after);
    if (from != to) found.push_back({cells.name(cell), std::move(from), std::move(to)});
  }
  return found;
}

std::vector<std::string> claim_changes(const Checked& checked, const State& before,
                                       const State& after) {
  const Model& model = *checked.model;
  std::vector<std::string> found;
  for (int slot = 0; slot < checked.layout->slots(); ++slot) {
    const Component& component = checked.layout->component_of(slot);
    if (component.part != Part::Latch || before[slot] == after[slot]) continue;
    const model::Claim& claim = model.claims[component.owner];
    const Value element = 1 + model.sorts[claim.sort].first + slot - component.base;
    found.push_back(fmt::format("claim {} {} {}", claim.name, after[slot] ? "binds" : "lets go of",
                                model.element_name(claim.sort, element)));
  }
  return found;
}

// The event of a step, and where its code stands.
void describe(const Model& model, const Label& label, const std::vector<Value>& args, Row& row) {
  const std::string text = checker::step_text(model, label, args);
  row.event = text.substr(0, text.find('('));
  const model::Event* event = nullptr;
  if (label.event >= 0) {
    event = &model.events[label.event];
    row.rule = event->name;
    row.origin = &event->origin;
    row.file = event->origin.span.source ? event->origin.span.source->path : "";
    row.line = event->origin.span.line;
  } else if (label.stmt >= 0) {
    const model::Stmt& stmt = *model.statement_by_id[label.stmt];
    const checker::Place place = checker::place_of(model, label.stmt);
    row.rule = place.name;
    row.origin = place.origin;
    row.file = stmt.span.source ? stmt.span.source->path : "";
    row.line = stmt.span.line;
    row.kexec = stmt.kind == StmtKind::Kexec;
    if (stmt.kind == StmtKind::Fire) {
      event = &model.events[stmt.ref];
      row.event_origin = &event->origin;
    }
  }
  if (event) {
    const std::vector<Value>& values = args.empty() ? label.args : args;
    for (std::size_t i = 0; i < values.size() && i < event->locals.size(); ++i)
      row.args.push_back(model.value_text(event->locals[i].type, values[i]));
  }
  for (const model::Origin* origin : {row.origin, row.event_origin}) {
    if (!origin) continue;
    for (const std::string& source : origin->cite)
      if (std::find(row.cite.begin(), row.cite.end(), source) == row.cite.end())
        row.cite.push_back(source);
    if (row.patch.empty()) row.patch = origin->patch;
  }
}

std::string actor_of(const Checked& checked, const Label& label) {
  if (label.instance >= 0) return checked.layout->instance_name(label.instance);
  if (label.event < 0) return "";
  const std::string& by = checked.model->events[label.event].by;
  return by.empty() ? "environment" : by;
}

constexpr std::size_t kFirst = 3, kLast = 10;  // steps of a run that are told in a line

}  // namespace

std::string Row::text() const {
  if (args.empty()) return event;
  std::string text = event + "(";
  for (std::size_t i = 0; i < args.size(); ++i) text += (i ? ", " : "") + args[i];
  return text + ")";
}

std::string Row::step_text() const { return step_of(actor, text()); }

std::string step_of(const std::string& actor, const std::string& text) {
  return actor.substr(0, actor.find_first_of("[#")) == text ? actor : actor + ": " + text;
}

std::vector<Row> rows(const Checked& checked, const Run& run) {
  static const std::vector<Value> kNone;
  const StateCells cells(checked);
  std::vector<Row> all;
  int visible = 0;
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    const Label& label = run.steps[i];
    Row row;
    row.step = static_cast<int>(i) + 1;
    if (checker::weight_of(*checked.model, label)) row.visible = ++visible;
    row.actor = actor_of(checked, label);
    describe(*checked.model, label, i < run.args.size() ? run.args[i] : kNone, row);
    const bool last = i + 1 == run.steps.size();
    if (i + 1 < run.states.size() && !run.states[i].empty() && !run.states[i + 1].empty()) {
      row.changes = changes(cells, run.states[i], run.states[i + 1], row.kexec);
      row.claims = claim_changes(checked, run.states[i], run.states[i + 1]);
    }
    if (last && run.fault != checker::Fault::None) {
      row.fault = checker::fault_name(run.fault);
      row.fault_where = run.fault_span.where();
    }
    all.push_back(std::move(row));
  }
  return all;
}

std::vector<std::pair<std::string, std::string>> chosen(const Checked& checked, const Run& run) {
  const Model& model = *checked.model;
  std::vector<std::pair<std::string, std::string>> found;
  if (run.states.empty()) return found;
  for (const Component& component : checked.layout->components()) {
    if (component.part != Part::Value) continue;
    const model::Cell& cell = model.cells[component.owner];
    if (cell.kind != CellKind::Data) continue;
    const bool of_function =
        cell.index.size() == 1 && model.base_sort(cell.index[0]) == model::kFunction;
    for (int i = 0; i < component.size; ++i) {
      const auto first = of_function ? model.first_value(cell, model.sorts[cell.index[0]].first + i)
                                     : std::nullopt;
      const bool open =
          first ? first->low != first->high : cell.cold_any && cell.life == model::Life::Given;
      if (!open) continue;
      const int slot = component.base + i;
      std::string name = checked.layout->slot_name(slot);
      if (cell.of_topology != model::Cell::OfTopology::No) name = name.substr(name.find('.') + 1);
      found.emplace_back(name, checked.layout->slot_value(slot, run.states[0][slot]));
    }
  }
  return found;
}

std::string release_of(const Checked& checked, const Run& run, int property) {
  if (property < 0) return {};
  const Model& model = *checked.model;
  for (const model::Clause& clause : model.properties[property].clauses) {
    if (clause.claim < 0) continue;
    const Component* released = checked.layout->find(Part::Released, clause.claim);
    if (!released) continue;
    for (std::size_t i = 0; i + 1 < run.states.size(); ++i)
      for (int slot = released->base; slot < released->base + released->size; ++slot)
        if (!run.states[i].empty() && !run.states[i + 1].empty() && !run.states[i][slot] &&
            run.states[i + 1][slot]) {
          const std::vector<Row> all = rows(checked, run);
          return fmt::format("claim {} let go by {}", model.claims[clause.claim].name,
                             all[i].text());
        }
  }
  return {};
}

std::string steps_text(const checker::Checked& checked, const checker::Run& run) {
  std::vector<std::string> steps;
  for (const Row& row : rows(checked, run))
    if (row.visible || row.event_origin) steps.push_back(row.text());  // or an event without effect
  if (steps.size() > kFirst + kLast + 1) {
    const std::size_t left = steps.size() - kFirst - kLast;
    steps.erase(steps.begin() + kFirst, steps.end() - kLast);
    steps.insert(steps.begin() + kFirst, fmt::format("... {} steps ...", left));
  }
  return joined(steps, " -> ");
}

}  // namespace luproof::report
