// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/symmetry/shape.h"

#include <tuple>

namespace luproof::checker {

using model::CellKind;
using model::Part;

namespace {

using Values = SlotShape::Values;

// What the dimensions of a component count: sorts, or -1 for actor instances.
std::vector<int> dimensions(const model::Model& m, const model::Component& c) {
  switch (c.part) {
    case Part::Alive:
      return {c.owner};
    case Part::Latch:
    case Part::LatchKernel:
    case Part::Released:
      return {m.claims[c.owner].sort};
    case Part::Sampled:
      return {m.claims[m.samples[c.owner].claim].sort};
    case Part::Kernel:
    case Part::Panicked:
    case Part::Budget:
      return {};
    default:
      break;
  }
  std::vector<int> sorts = m.cells[c.owner].index;
  if (c.dims.size() > sorts.size())
    sorts.push_back(c.part == Part::Readers || c.part == Part::Queued ? -1
                                                                      : m.cells[c.owner].type.id);
  return sorts;
}

void of_type(const model::Model& m, const model::Type& type, SlotShape& shape) {
  if (type.kind != model::Type::Kind::Ref || type.id < 0) return;
  shape.values = Values::Reference;
  shape.refers = m.base_sort(type.id);
}

void of_values(const model::Model& m, const model::Component& c, SlotShape& shape) {
  if (c.part == Part::Sampled) return of_type(m, m.samples[c.owner].expr->type, shape);
  if (c.part != Part::Value && c.part != Part::OutValue && c.part != Part::InValue) return;
  const model::Cell& cell = m.cells[c.owner];
  switch (cell.kind) {
    case CellKind::Mutex:
    case CellKind::Rwlock:
      shape.values = Values::Instance;
      return;
    case CellKind::List:
      shape.values = Values::Count;
      return;
    case CellKind::Set:
    case CellKind::Refcount:
      return;
    case CellKind::Data:
      return of_type(m, cell.type, shape);
  }
}

}  // namespace

Shape::Shape(const System& system) : system_(system) {
  const model::Model& m = *system.model;
  const model::Layout& layout = *system.layout;
  slots_.resize(system.slots.size());
  std::vector<int> copy_of;  // of an instance: its place among those of one actor and element
  for (const auto& instance : layout.instances()) {
    const int every = m.actors[instance.actor].every;
    instances_.push_back(every < 0 ? Element{} : Element{m.base_sort(every), instance.element - 1});
    copy_of.push_back(instance.copy);
  }
  enum { kData, kControl };
  int number = 0;
  for (const model::Component& c : layout.components()) {
    const std::vector<int> sorts = dimensions(m, c);
    for (int i = 0; i < c.size; ++i) {
      SlotShape& shape = slots_[c.base + i];
      shape.family = {kData, number};
      of_values(m, c, shape);
      std::vector<Element> of;
      int rest = i;
      for (std::size_t d = c.dims.size(); d-- > 0;) {
        const int offset = rest % c.dims[d];
        rest /= c.dims[d];
        if (sorts[d] >= 0) {
          of.push_back({m.base_sort(sorts[d]), m.sorts[sorts[d]].first + offset});
          continue;
        }
        shape.family.push_back(layout.instances()[offset].actor);
        shape.family.push_back(copy_of[offset]);
        if (instances_[offset].sort >= 0) of.push_back(instances_[offset]);
      }
      shape.of.assign(of.rbegin(), of.rend());
    }
    ++number;
  }
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    const int actor = layout.instances()[i].actor;
    const auto at = [&](int slot, int kind) {
      SlotShape& shape = slots_[slot];
      shape.family = {kControl, actor, copy_of[i], kind};
      if (instances_[i].sort >= 0) shape.of.push_back(instances_[i]);
    };
    at(system.point_slot[i], -1);
    // The n-th column of its kind; columns of a row differ in their element only.
    std::map<std::tuple<Value, Value, int, bool, int, int>, int> seen;
    const auto& columns = system.programs[actor].columns;
    std::map<std::tuple<Value, Value, int, bool, int>, int> kinds;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Column& column = columns[k];
      const int slot = system.column_slot[i] + static_cast<int>(k);
      if (column.element < 0) {
        at(slot, static_cast<int>(k));
      } else {
        const auto kind =
            kinds
                .try_emplace({column.low, column.high, column.refers, column.count, column.sort},
                             static_cast<int>(kinds.size()))
                .first->second;
        const int nth = seen[{column.low, column.high, column.refers, column.count, column.sort,
                              column.element}]++;
        at(slot, static_cast<int>(columns.size()) + kind);
        slots_[slot].family.push_back(nth);
        slots_[slot].of.push_back({column.sort, column.element});
      }
      if (column.refers >= 0) {
        slots_[slot].values = Values::Reference;
        slots_[slot].refers = column.refers;
      } else if (column.count) {
        slots_[slot].values = Values::Count;
      }
    }
  }
  for (std::size_t s = 0; s < slots_.size(); ++s)
    index_[{slots_[s].family, slots_[s].of}] = static_cast<int>(s);
}

Element Shape::moved(Element element, const ElementMap& map) const {
  const auto sort = static_cast<std::size_t>(element.sort);
  if (element.sort >= 0 && sort < map.size() && !map[sort].empty())
    element.index = map[sort][element.index];
  return element;
}

std::optional<std::vector<int>> Shape::moved(const ElementMap& map) const {
  std::vector<int> result(slots_.size());
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    std::vector<Element> of = slots_[s].of;
    for (Element& element : of) element = moved(element, map);
    const auto at = index_.find({slots_[s].family, of});
    if (at == index_.end()) return std::nullopt;
    result[s] = at->second;
  }
  return result;
}

int Shape::moved_instance(int instance, const ElementMap& map) const {
  const Element target = moved(instances_[instance], map);
  const auto& all = system_.layout->instances();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].actor == all[instance].actor && all[i].copy == all[instance].copy &&
        instances_[i] == target)
      return static_cast<int>(i);
  return -1;
}

Value Shape::moved(int slot, Value value, const ElementMap& map) const {
  const SlotShape& shape = slots_[slot];
  if (value == 0) return 0;
  if (shape.values == Values::Reference)
    return moved(Element{shape.refers, value - 1}, map).index + 1;
  if (shape.values == Values::Instance) return moved_instance(value - 1, map) + 1;
  return value;
}

}  // namespace luproof::checker
