// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/speak.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/describe.h"

namespace luproof::checker::proof {
namespace {

std::string file_of(const model::Span& span) {
  if (!span.source) return "";
  return fmt::format("{}:{}", span.source->path.substr(span.source->path.rfind('/') + 1),
                     span.line);
}

std::string listed(const std::vector<std::string>& parts, const char* with) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : i + 1 == parts.size() ? with : ", ") + parts[i];
  return text;
}

}  // namespace

Speaker::Speaker(const System& system) : system_(system), instance_(system.slots.size(), -1) {
  const model::Layout& layout = *system.layout;
  for (int s = 0; s < system.data_slots(); ++s) names_.push_back(layout.slot_name(s));
  names_.resize(system.slots.size());
  for (std::size_t i = 0; i < system.point_slot.size(); ++i) {
    const std::string actor = layout.instance_name(static_cast<int>(i));
    names_[system.point_slot[i]] = actor;
    instance_[system.point_slot[i]] = static_cast<int>(i);
    const auto& columns = system.programs[layout.instances()[i].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      names_[system.column_slot[i] + static_cast<int>(c)] =
          fmt::format("{}: {}", actor, columns[c].name);
  }
  const model::Model& m = *system.model;
  for (std::size_t id = 0; id < m.statement_by_id.size(); ++id) {
    rules_.push_back(place_of(m, static_cast<int>(id)).name);
    files_.push_back(m.statement_by_id[id] ? file_of(m.statement_by_id[id]->span) : "");
  }
}

std::string Speaker::value(int slot, Value value) const {
  if (slot < system_.data_slots()) return system_.layout->slot_value(slot, value);
  if (instance_[slot] < 0) return std::to_string(value);
  return points(instance_[slot], {value}, true);
}

std::string Speaker::place(int statement) const {
  if (statement < 0 || rules_[statement].empty()) return "";
  return fmt::format("{} ({})", rules_[statement], files_[statement]);
}

std::string Speaker::step(const Transition& transition) const {
  const Label& label = transition.labels.front();
  std::string text = system_.layout->instance_name(transition.instance) + ": ";
  const auto of = [&](const Label& one) {
    if (one.event >= 0) {
      const model::Event& event = system_.model->events[one.event];
      return fmt::format("{} ({})", step_text(*system_.model, one, {}), file_of(event.origin.span));
    }
    return place(one.stmt);
  };
  text += of(label);
  if (transition.labels.size() > 1) text += fmt::format(" to {}", of(transition.labels.back()));
  return text;
}

std::string Speaker::points(int instance, const std::vector<Value>& values, bool inside) const {
  const Program& program = system_.programs[system_.layout->instances()[instance].actor];
  // By procedure, in the order of the program: how many of its points, and which.
  std::map<std::string, std::vector<std::string>> places;
  std::vector<std::string> order;
  for (const Value v : values) {
    const model::Stmt* stmt = program.points[v].stmt;
    const std::string rule = v == 0 ? "" : stmt ? rules_[stmt->id] : "its start";
    if (!places.count(rule)) order.push_back(rule);
    std::vector<std::string>& lines = places[rule];
    const std::string line = v == 0 || !stmt ? "" : files_[stmt->id];
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  std::vector<std::string> parts;
  for (const std::string& rule : order) {
    if (rule.empty()) {
      parts.push_back("at its end");
      continue;
    }
    const auto& lines = places[rule];
    constexpr std::size_t kFew = 2;
    parts.push_back(lines.size() <= kFew && !lines[0].empty()
                        ? fmt::format("{} ({})", rule, listed(lines, ", "))
                        : fmt::format("{} ({} places)", rule, lines.size()));
  }
  return listed(parts, inside ? " or " : " nor ");
}

std::string Speaker::among(int slot, const std::vector<Value>& values, bool in) const {
  if (instance_[slot] >= 0)
    return fmt::format("{} is {} {}", names_[slot], in ? "in" : "not in",
                       points(instance_[slot], values, in));
  const SlotRange range = system_.slots[slot];
  std::vector<std::string> texts;
  for (const Value v : values) texts.push_back(value(slot, v));
  if (values.size() == 1 && range.low == 0 && range.high == 1 &&
      (texts[0] == "true" || texts[0] == "false"))
    return (texts[0] == "true") == in ? names_[slot] : "not " + names_[slot];
  return fmt::format("{} is {}{}", names_[slot], in ? "" : "not ",
                     listed(texts, in ? " or " : " nor "));
}

std::string Speaker::atom(const Atom& atom) const {
  const SlotRange range = system_.slots[atom.slot];
  const std::int64_t all = std::int64_t{range.high} - range.low + 1;
  if (static_cast<std::int64_t>(atom.values.size()) * 2 <= all || all > 64)
    return among(atom.slot, atom.values, true);
  std::vector<Value> others;
  for (Value v = range.low; v <= range.high; ++v)
    if (!std::binary_search(atom.values.begin(), atom.values.end(), v)) others.push_back(v);
  return among(atom.slot, others, false);
}

std::string Speaker::negated(const Atom& atom) const {
  const SlotRange range = system_.slots[atom.slot];
  const std::int64_t all = std::int64_t{range.high} - range.low + 1;
  std::vector<Value> others;
  if (all <= 4096)
    for (Value v = range.low; v <= range.high; ++v)
      if (!std::binary_search(atom.values.begin(), atom.values.end(), v)) others.push_back(v);
  if (!others.empty() && others.size() < atom.values.size()) return among(atom.slot, others, true);
  return among(atom.slot, atom.values, false);
}

std::string Speaker::clause(const Clause& clause) const {
  // What a reader asks: the last data cell, under the condition of the others.
  if (clause.empty()) return "false";
  std::size_t said = 0;
  for (std::size_t i = 0; i < clause.size(); ++i)
    if (clause[i].slot < system_.data_slots()) said = i;
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < clause.size(); ++i)
    if (i != said) conditions.push_back(negated(clause[i]));
  if (conditions.empty()) return "always: " + atom(clause[said]);
  return fmt::format("while {}: {}", listed(conditions, " and "), atom(clause[said]));
}

}  // namespace luproof::checker::proof
