// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_world.h"

#include <algorithm>

namespace luproof::checker::plain {

World::World(const Model& the_model, const Layout& the_layout, Pace* pace)
    : model(the_model), layout(the_layout), pace_(pace) {
  for (const Component& component : layout.components())
    components_[{component.part, component.owner}] = &component;
}

const Component* World::find(Part part, int owner) const {
  const auto found = components_.find({part, owner});
  return found == components_.end() ? nullptr : found->second;
}

bool World::alive(const State& data, int sort, Value reference) const {
  if (!pool(sort)) return reference > 0;
  const int base = model.base_sort(sort);
  const int at_offset = offset(base, reference);
  return at_offset >= 0 && data[at(Part::Alive, base).base + at_offset] != 0;
}

Fault World::reading_through(const State& data, int sort, Value reference) const {
  if (reference == 0) return Fault::NoneReference;
  if (offset(sort, reference) < 0) return Fault::WrongKind;
  return alive(data, sort, reference) ? Fault::None : Fault::StaleReference;
}

int World::row_size(Part part, int cell) const {
  const Component& component = at(part, cell);
  return component.dims.size() > model.cells[cell].index.size() ? component.dims.back() : 1;
}

int World::row(Part part, int cell, const std::vector<Value>& indices) const {
  const Component& component = at(part, cell);
  const std::vector<int>& sorts = model.cells[cell].index;
  int row = 0;
  for (std::size_t i = 0; i < sorts.size(); ++i)
    row = row * component.dims[i] + offset(sorts[i], indices[i]);
  return component.base + row * row_size(part, cell);
}

void World::for_each_index(int cell,
                           const std::function<void(const std::vector<Value>&)>& visit) const {
  const std::vector<int>& sorts = model.cells[cell].index;
  std::vector<Value> indices(sorts.size());
  const std::function<void(std::size_t)> from = [&](std::size_t i) {
    if (i == sorts.size()) return visit(indices);
    for (int e = 0; e < model.sorts[sorts[i]].size; ++e) {
      indices[i] = reference(sorts[i], e);
      from(i + 1);
    }
  };
  from(0);
}

bool World::dead_index(const State& data, int cell, const std::vector<Value>& indices) const {
  const std::vector<int>& sorts = model.cells[cell].index;
  for (std::size_t i = 0; i < sorts.size(); ++i)
    if (!alive(data, sorts[i], indices[i])) return true;
  return false;
}

void World::reset(State& data, int cell, const std::vector<Value>& indices) const {
  constexpr Part kParts[] = {Part::Value,    Part::Readers,   Part::Queued,  Part::OutPresent,
                             Part::OutValue, Part::InPresent, Part::InValue, Part::InRestored};
  for (Part part : kParts) {
    const Component* component = find(part, cell);
    if (!component) continue;
    const int first = row(part, cell, indices);
    std::fill_n(data.begin() + first, row_size(part, cell), component->low);
  }
}

std::vector<Value> World::members(const State& data, int cell, int first_slot) const {
  const Cell& declared = model.cells[cell];
  const int size = model.sorts[declared.type.id].size;
  std::vector<std::pair<Value, Value>> ranked;  // rank (0 in a set), member
  for (int e = 0; e < size; ++e) {
    const Value rank = data[first_slot + e];
    if (rank == 0) continue;
    ranked.emplace_back(declared.kind == CellKind::List ? rank : 0, reference(declared.type.id, e));
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<Value> members;
  for (const auto& [rank, member] : ranked) members.push_back(member);
  return members;
}

void World::fill_row(State& data, int cell, int first_slot,
                     const std::vector<Value>& members) const {
  const Cell& declared = model.cells[cell];
  std::fill_n(data.begin() + first_slot, model.sorts[declared.type.id].size, 0);
  Value rank = 0;
  for (Value member : members) {
    ++rank;
    data[first_slot + offset(declared.type.id, member)] =
        declared.kind == CellKind::List ? rank : 1;
  }
}

Value World::pf(const State& data, int function) const {
  if (model.pf_cell < 0) return model.topology.functions[function].pf + 1;
  return data[row(Part::Value, model.pf_cell, {function + 1})];
}

Value World::parent(const State& data, int function) const {
  if (model.parent_cell < 0) return model.topology.functions[function].parent + 1;
  return data[row(Part::Value, model.parent_cell, {function + 1})];
}

bool World::below(const State& data, int lower, int upper) const {
  if (pf(data, lower) == upper + 1) return true;
  const std::vector<int> up = related(data, model::Relation::Upstream, lower);
  return std::find(up.begin(), up.end(), upper) != up.end();
}

std::vector<int> World::related(const State& data, model::Relation relation, int function) const {
  if (model.parent_cell < 0) return model.related(relation, function);
  const int functions = static_cast<int>(model.topology.functions.size());
  const auto is_above = [&](int upper, int lower) {
    // The tree of a state that is no first state may have a ring.
    for (int steps = 0; steps < functions; ++steps) {
      const Value port = parent(data, lower);
      if (port == 0) return false;
      lower = port - 1;
      if (lower == upper) return true;
    }
    return false;
  };
  std::vector<int> found;
  for (int other = 0; other < functions; ++other) {
    bool is = false;
    switch (relation) {
      case model::Relation::Upstream:
        is = is_above(other, function);
        break;
      case model::Relation::Children:
        is = parent(data, other) == function + 1;
        break;
      case model::Relation::Vfs:
        is = pf(data, other) == function + 1;
        break;
      case model::Relation::Subtree:
        is = other != function && is_above(function, other);
        break;
    }
    if (is) found.push_back(other);
  }
  return found;
}

bool constant(const Expr& expr) {
  switch (expr.op) {
    case Op::Const:
    case Op::Choice:
    case Op::Not:
    case Op::And:
    case Op::Or:
    case Op::Implies:
    case Op::Eq:
    case Op::Ne:
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge:
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Min:
    case Op::Max:
    case Op::Ite:
    case Op::SetEnum:
      break;
    default:
      return false;
  }
  return std::all_of(expr.kids.begin(), expr.kids.end(),
                     [](const auto& kid) { return constant(*kid); });
}

}  // namespace luproof::checker::plain
