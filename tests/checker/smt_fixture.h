// SPDX-License-Identifier: GPL-2.0-or-later
// Ground systems made by hand, without a spec: cells of any range, actors of a few points.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checker/smt.h"

namespace luproof::checker {

class Made {
 public:
  // Every cell starts at its lowest value, every actor at its point 0.
  explicit Made(const std::vector<SlotRange>& cells, int actors = 0, int points = 1) {
    for (const SlotRange& range : cells) {
      model::Cell cell;
      cell.name = "c" + std::to_string(model.cells.size());
      cell.shown = cell.name;
      cell.type.kind = model::Type::Kind::Int;
      cell.type.low = range.low;
      cell.type.high = range.high;
      model.cells.push_back(cell);
    }
    model.actors.resize(actors);
    layout = std::make_unique<model::Layout>(model);
    system.model = &model;
    system.layout = layout.get();
    system.slots.resize(layout->slots());
    for (const model::Component& c : layout->components())
      for (int i = 0; i < c.size; ++i) system.slots[c.base + i] = {c.low, c.high};
    for (int a = 0; a < actors; ++a) {
      system.point_slot.push_back(static_cast<int>(system.slots.size()));
      system.slots.push_back({0, points - 1});
      system.column_slot.push_back(static_cast<int>(system.slots.size()));
      Program program;
      program.actor = a;
      program.points.resize(points);
      system.programs.push_back(program);
    }
    for (const SlotRange& range : system.slots) system.initial.emplace_back(range.low);
  }

  int slot(int cell) const { return layout->find(model::Part::Value, cell)->base; }
  Term cell(int cell) { return system.slot(slot(cell)); }
  Term point(int actor) { return system.slot(system.point_slot[actor]); }
  Term number(Value value) { return system.terms.constant(value); }
  Term is(Term term, Value value) { return system.terms.eq(term, number(value)); }

  // A step that happens by itself; `updates` are by cell.
  Transition& step(Term guard, const std::vector<std::pair<int, Term>>& updates, int weight = 1) {
    Transition transition;
    Label label;
    label.event = static_cast<int>(system.transitions.size());
    transition.labels = {label};
    transition.guard = guard;
    for (const auto& [index, term] : updates) transition.updates.emplace_back(slot(index), term);
    transition.weight = weight;
    system.transitions.push_back(transition);
    return system.transitions.back();
  }
  // A step of an actor, from one point to another.
  Transition& move(int actor, int from, int to, Term guard,
                   const std::vector<std::pair<int, Term>>& updates, int weight = 1) {
    Transition& transition =
        step(system.terms.conj(is(point(actor), from), guard), updates, weight);
    transition.instance = actor;
    transition.from = from;
    transition.to = to;
    if (from != to) transition.updates.emplace_back(system.point_slot[actor], number(to));
    return transition;
  }
  // A property that looks at states; `bad` may be -1 for one that only steps violate.
  int never(Term bad, const std::string& name = "p") {
    model::Property property;
    property.name = name;
    property.clauses.emplace_back();
    model.properties.push_back(property);
    system.bad.push_back(bad);
    system.from.push_back(-1);
    system.to.push_back(-1);
    return static_cast<int>(model.properties.size()) - 1;
  }
  int possible(Term to, const std::string& name = "p") {
    const int index = never(-1, name);
    model.properties[index].kind = model::PropertyKind::Possible;
    system.to[index] = to;
    return index;
  }
  Outcome check(int bound) {
    Limits limits;
    limits.bound = bound;
    return check_smt(system, {}, limits);
  }

  model::Model model;
  std::unique_ptr<model::Layout> layout;
  System system;
};

inline const Finding& finding(const Outcome& outcome, const std::string& name) {
  for (const Finding& f : outcome.findings)
    if (f.property == name) return f;
  FAIL("no finding for " << name);
  return outcome.findings.front();
}

}  // namespace luproof::checker
