// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/simulation_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/describe.h"
#include "checker/interpreter_why.h"
#include "checker/named_run.h"
#include "report/run.h"
#include "report/statement.h"

namespace luproof::report {

using checker::State;
using checker::Stride;
using checker::Successor;
using checker::Value;
using model::printable;

namespace {

constexpr std::size_t kFewChanges = 3;    // below a step that can be taken
constexpr std::size_t kMostChanges = 20;  // below one that was
constexpr std::size_t kMostBindings = 200;
constexpr std::size_t kMostShown = 8;

// One step between two states, as a run that rows can be made of.
checker::Run between(const State& from, const State& to, const Successor& step) {
  checker::Run run;
  run.states = {from, to};
  run.steps = {step.label};
  run.args = {step.fired};
  run.fault = step.fault;
  run.fault_span = step.fault_span;
  return run;
}

}  // namespace

std::string SimulationText::place(const model::Span& span) const {
  if (!span.source) return "";
  return fmt::format("{}:{}", shown_path(span.source->path, request_), span.line);
}

// "orchestrator: luo_prepare, after 2 silent steps".
std::string SimulationText::stride_title(const Stride& stride) const {
  const Successor& last = stride.last();
  const bool visible = checker::weight_of(*checked_.model, last.label) != 0;
  const std::size_t silent = stride.steps.size() - (visible ? 1 : 0);
  const Row row = rows(checked_, between(sim_.now().data, sim_.now().data, last))[0];
  std::string text;
  const checker::StepNames names(*checked_.model, *checked_.layout);
  std::string choices;
  for (const Successor& s : stride.steps)
    for (const std::string& choice : names.of(s.label, s.choices_of).choices)
      choices += (choices.empty() ? "" : ", ") + choice;
  if (visible || last.fault != checker::Fault::None) {
    text = row.step_text();
    if (silent && visible) text += ", after " + counted(silent, "silent step");
  } else {
    text = fmt::format("{}: {} in {}", row.actor, counted(silent, "silent step"), row.rule);
    if (row.line)
      text += fmt::format(", the last at {}:{}", shown_path(row.file, request_), row.line);
  }
  if (!choices.empty() && choices.size() < 200) text += " (choosing " + choices + ")";
  if (last.fault != checker::Fault::None)
    text += std::string(": ") + checker::fault_name(last.fault);
  if (last.scope_exhausted) text += ": a pool is full, the run ends";
  return text;
}

std::string SimulationText::changes(const State& from, const State& to, const checker::Label& label,
                                    std::size_t most) const {
  Successor step;
  step.label = label;
  const Row row = rows(checked_, between(from, to, step))[0];
  std::string out;
  for (std::size_t i = 0; i < std::min(most, row.changes.size()); ++i)
    out += printable(fmt::format("       {}: {} -> {}", row.changes[i].what, row.changes[i].from,
                                 row.changes[i].to)) +
           "\n";
  if (row.changes.size() > most)
    out += fmt::format("       … and {} more\n", row.changes.size() - most);
  for (const std::string& claim : row.claims) out += "       " + printable(claim) + "\n";
  return out;
}

std::string SimulationText::choices(const std::vector<Stride>& strides, bool single) const {
  if (sim_.ended()) return "The run has ended here.\n";
  if (strides.empty()) return "No step is possible: the run ends here, or nobody will ever move.\n";
  std::string out;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    const Stride& stride = strides[i];
    out += fmt::format("{:>4}. {}\n", i + 1, style_.bold(printable(stride_title(stride))));
    const Successor& last = stride.last();
    if (last.fault == checker::Fault::None && !last.scope_exhausted)
      out +=
          changes(sim_.now().data, last.next.data, last.label, single ? kMostChanges : kFewChanges);
  }
  return out;
}

std::string SimulationText::taken(const std::vector<Successor>& steps,
                                  const checker::Configuration& from) const {
  if (steps.empty()) return "";
  const Successor& last = steps.back();
  const State& to = last.fault == checker::Fault::None && !last.scope_exhausted ? last.next.data
                    : steps.size() > 1 ? steps[steps.size() - 2].next.data
                                       : from.data;
  std::string out;
  std::string told;
  for (const Successor& s : steps) {
    if (!checker::weight_of(*checked_.model, s.label) && s.fault == checker::Fault::None) continue;
    const Row row = rows(checked_, between(to, to, s))[0];
    out += "     " + style_.bold(printable(row.step_text())) + "  " +
           style_.dim(printable(fmt::format("{}:{}", shown_path(row.file, request_), row.line))) +
           "\n";
    if (s.fault != checker::Fault::None)
      out += "       " + style_.red(fmt::format("VIOLATED {}", checker::fault_name(s.fault))) +
             printable(" at " + s.fault_span.where()) + "\n";
  }
  if (out.empty()) out = "     " + style_.dim(counted(steps.size(), "silent step")) + "\n";
  if (last.scope_exhausted) out += "     a pool is full: the run ends, nothing is concluded\n";
  return out + changes(from.data, to, last.label, kMostChanges);
}

std::string SimulationText::broken(const std::vector<checker::Broken>& broken) const {
  std::string out;
  for (const checker::Broken& b : broken) {
    checker::Finding finding;
    finding.property = checked_.model->properties[b.property].name;
    finding.index = b.property;
    finding.element = b.element;
    for (const model::Clause& clause : checked_.model->properties[b.property].clauses)
      finding.claim = std::max(finding.claim, clause.claim);
    const std::string who = element(checked_, finding);
    out +=
        "     " + style_.red("VIOLATED " + printable(finding.property)) +
        printable(": " + because(checked_, finding) + (who.empty() ? "" : " (for " + who + ")")) +
        "\n";
  }
  return out;
}

std::string SimulationText::where() const {
  const std::vector<int> positions = sim_.interpreter().positions(sim_.now());
  std::string out;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const int instance = static_cast<int>(i);
    std::string text = fmt::format("  {}: ", checked_.layout->instance_name(instance));
    if (sim_.interpreter().ended(sim_.now(), instance)) {
      text += "not running";
    } else if (positions[i] < 0) {
      text += "at the end of its code";
    } else {
      const model::Span& span = checked_.model->statement_by_id[positions[i]]->span;
      text += fmt::format("{}  {}", place(span), statement_text(*checked_.model, positions[i]));
      if (sim_.interpreter().blocked(sim_.now(), instance)) text += "  (waits)";
    }
    out += printable(text) + "\n";
  }
  return out;
}

std::string SimulationText::state(const checker::Configuration* from,
                                  const std::string& filter) const {
  const model::Layout& layout = *checked_.layout;
  const State& now = sim_.now().data;
  std::string out;
  if (from) {
    Successor none;
    const Row row = rows(checked_, between(from->data, now, none))[0];
    for (const Change& c : row.changes)
      if (c.what.find(filter) != std::string::npos)
        out += printable(fmt::format("  {}: {} -> {}", c.what, c.from, c.to)) + "\n";
  } else {
    for (int slot = 0; slot < layout.slots(); ++slot)
      if (const std::string name = layout.slot_name(slot); name.find(filter) != std::string::npos)
        out += printable(fmt::format("  {} = {}", name, layout.slot_value(slot, now[slot]))) + "\n";
  }
  return out.empty() ? "  nothing\n" : out;
}

std::string SimulationText::why_actor(int instance) const {
  const std::string name = checked_.layout->instance_name(instance);
  if (sim_.interpreter().ended(sim_.now(), instance))
    return printable("  " + name + " is not running") + "\n";
  for (const Successor& s : sim_.interpreter().successors(sim_.now()))
    if (s.label.instance == instance) return printable("  " + name + " can take a step") + "\n";
  std::string out;
  for (const checker::Obstacle& o :
       checker::obstacles(*checked_.model, *checked_.layout, sim_.now(), instance))
    out += printable(fmt::format("  {} waits at {}: {}", name, place(o.span), o.text)) + "\n";
  return out.empty() ? printable(fmt::format("  {} cannot move", name)) + "\n" : out;
}

std::string SimulationText::why_event(int event, const std::string& name) const {
  const model::Model& m = *checked_.model;
  const model::Event& e = m.events[event];
  if (!e.when) {
    std::string out = printable(fmt::format("  {} happens where code names it:", e.name)) + "\n";
    const std::vector<int> positions = sim_.interpreter().positions(sim_.now());
    for (const model::Stmt* s : m.statement_by_id) {
      if (!s || s->kind != model::StmtKind::Fire || s->ref != event) continue;
      std::string there;
      for (std::size_t i = 0; i < positions.size(); ++i)
        if (positions[i] == s->id)
          there += (there.empty() ? ", here stands " : ", ") +
                   checked_.layout->instance_name(static_cast<int>(i));
      out += printable(fmt::format("    {} in {}{}", place(s->span),
                                   checker::place_of(m, s->id).name, there)) +
             "\n";
    }
    return out;
  }
  std::string out;
  std::vector<Value> args(static_cast<std::size_t>(e.parameters));
  std::size_t tried = 0, shown = 0;
  const auto bind = [&](const auto& self, std::size_t at) -> void {
    if (tried > kMostBindings || shown >= kMostShown) return;
    if (at == args.size()) {
      ++tried;
      checker::Label label;
      label.event = event;
      label.args = args;
      const std::string text = checker::step_text(m, label, args);
      if (name != e.name && name != text) return;
      ++shown;
      const auto found = checker::obstacles(m, *checked_.layout, sim_.now(), event, args);
      if (found.empty()) out += printable("  " + text + " can happen") + "\n";
      for (const checker::Obstacle& o : found)
        out += printable(fmt::format("  {}: {} ({})", text, o.text, place(o.span))) + "\n";
      return;
    }
    const model::Type& type = e.locals[at].type;
    using Kind = model::Type::Kind;
    Value low = 0, high = 1;
    if (type.kind == Kind::Int) low = type.low, high = type.high;
    if (type.kind == Kind::Enum) high = static_cast<Value>(m.enums[type.id].values.size()) - 1;
    if (type.kind == Kind::Ref) {
      low = 1 + m.sorts[type.id].first;
      high = low + m.sorts[type.id].size - 1;
    }
    for (Value v = low; v <= high; ++v) {
      args[at] = v;
      self(self, at + 1);
    }
  };
  bind(bind, 0);
  return out;
}

std::string SimulationText::why(const std::string& name) const {
  const model::Model& m = *checked_.model;
  for (std::size_t i = 0; i < checked_.layout->instances().size(); ++i)
    if (checked_.layout->instance_name(static_cast<int>(i)) == name)
      return why_actor(static_cast<int>(i));
  const std::string plain = name.substr(0, name.find('('));
  for (std::size_t e = 0; e < m.events.size(); ++e)
    if (m.events[e].name == plain) return why_event(static_cast<int>(e), name);
  return "";
}

}  // namespace luproof::report
