// SPDX-License-Identifier: GPL-2.0-or-later
// The order of components is a contract between engines: cells as declared (each with its parts),
// then pools, the kernel, budgets, and last what the claims remember.
#include "model/layout.h"

#include <fmt/format.h>

#include <map>

namespace luproof::model {
namespace {

struct Range {
  Value low = 0, high = 0;
};

Range range_of(const Model& model, const Type& type) {
  switch (type.kind) {
    case Type::Kind::Bool:
      return {0, 1};
    case Type::Kind::Int:
      return {type.low, type.high};
    case Type::Kind::Enum:
      return {0, static_cast<Value>(model.enums[type.id].values.size()) - 1};
    case Type::Kind::Errno:
      return {0, static_cast<Value>(model.errnos.size()) - 1};
    case Type::Kind::Ref:
      return {0, type.id < 0 ? 0 : model.sorts[model.base_sort(type.id)].size};
    case Type::Kind::Void:
    case Type::Kind::Set:
      break;
  }
  return {};
}

const char* part_name(Part part) {
  static const std::map<Part, const char*> kNames = {{Part::Value, ""},
                                                     {Part::Readers, "readers"},
                                                     {Part::Queued, "queued"},
                                                     {Part::OutPresent, "written"},
                                                     {Part::OutValue, "outgoing"},
                                                     {Part::InPresent, "handed"},
                                                     {Part::InValue, "received"},
                                                     {Part::InRestored, "restored"},
                                                     {Part::Alive, "alive"},
                                                     {Part::Kernel, "kernel"},
                                                     {Part::Panicked, "panicked"},
                                                     {Part::Budget, "budget"},
                                                     {Part::Latch, "latched"},
                                                     {Part::LatchKernel, "latched-in"},
                                                     {Part::Sampled, "was"},
                                                     {Part::Released, "released"}};
  return kNames.at(part);
}

}  // namespace

Layout::Layout(const Model& model) : model_(model) {
  for (int a = 0; a < static_cast<int>(model.actors.size()); ++a) {
    const Actor& actor = model.actors[a];
    const int elements = actor.every < 0 ? 1 : model.sorts[actor.every].size;
    for (int e = 0; e < elements; ++e) {
      const Value element = actor.every < 0 ? 0 : 1 + model.sorts[actor.every].first + e;
      for (int copy = 0; copy < actor.copies; ++copy) instances_.push_back({a, element, copy});
    }
  }
  const int instances = static_cast<int>(instances_.size());

  for (int c = 0; c < static_cast<int>(model.cells.size()); ++c) {
    const Cell& cell = model.cells[c];
    std::vector<int> dims;
    for (int sort : cell.index) dims.push_back(sort_size(sort));
    std::vector<int> with_instances = dims;
    with_instances.push_back(instances);
    std::vector<int> value_dims = dims;
    Range range = range_of(model, cell.type);
    if (cell.kind == CellKind::List || cell.kind == CellKind::Set) {
      value_dims.push_back(sort_size(cell.type.id));
      range = {0, cell.kind == CellKind::Set ? 1 : sort_size(cell.type.id)};
    }
    if (cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock) range = {0, instances};
    if (cell.life == Life::Handover) {
      add(Part::OutPresent, c, dims, 0, 1);
      add(Part::OutValue, c, value_dims, range.low, range.high);
      add(Part::InPresent, c, dims, 0, 1);
      add(Part::InValue, c, value_dims, range.low, range.high);
      add(Part::InRestored, c, dims, 0, 1);
      continue;
    }
    add(Part::Value, c, value_dims, range.low, range.high);
    if (cell.kind == CellKind::Rwlock) {
      add(Part::Readers, c, with_instances, 0, 2);
      add(Part::Queued, c, with_instances, 0, 1);
    }
  }

  for (int s = 0; s < static_cast<int>(model.sorts.size()); ++s)
    if (model.sorts[s].pool) add(Part::Alive, s, {sort_size(s)}, 0, 1);
  add(Part::Kernel, -1, {}, 1, model.kernels);
  add(Part::Panicked, -1, {}, 0, 1);
  for (int a = 0; a < static_cast<int>(model.acts.size()); ++a)
    add(Part::Budget, a, {}, 0, model.acts[a].at_most);

  for (int c = 0; c < static_cast<int>(model.claims.size()); ++c) {
    const int size = sort_size(model.claims[c].sort);
    add(Part::Latch, c, {size}, 0, 1);
    add(Part::LatchKernel, c, {size}, 0, model.kernels);
    add(Part::Released, c, {size}, 0, 1);
  }
  for (int s = 0; s < static_cast<int>(model.samples.size()); ++s) {
    const Sample& sample = model.samples[s];
    const Range range = range_of(model, sample.expr->type);
    add(Part::Sampled, s, {sort_size(model.claims[sample.claim].sort)}, range.low, range.high);
  }
}

void Layout::add(Part part, int owner, std::vector<int> dims, Value low, Value high) {
  Component component;
  component.part = part;
  component.owner = owner;
  component.base = slots_;
  component.size = 1;
  for (int dim : dims) component.size *= dim;
  component.dims = std::move(dims);
  component.low = low;
  component.high = high;
  slots_ += component.size;
  component_of_.resize(slots_, static_cast<int>(components_.size()));
  components_.push_back(std::move(component));
}

const Component* Layout::find(Part part, int owner) const {
  for (const Component& component : components_)
    if (component.part == part && component.owner == owner) return &component;
  return nullptr;
}

int Layout::sort_size(int sort) const { return model_.sorts[sort].size; }

int Layout::offset_in(int sort, int base_index) const {
  return model_.in_sort(sort, base_index) ? base_index - model_.sorts[sort].first : -1;
}

std::string Layout::instance_name(int instance) const {
  if (instance < 0 || instance >= static_cast<int>(instances_.size())) return "environment";
  const ActorInstance& at = instances_[instance];
  const Actor& actor = model_.actors[at.actor];
  std::string name = actor.name;
  if (at.element > 0) name += fmt::format("[{}]", model_.element_name(actor.every, at.element));
  if (actor.copies > 1) name += fmt::format("#{}", at.copy + 1);
  return name;
}

std::string Layout::slot_name(int slot) const {
  const Component& component = component_of(slot);
  // What each dimension counts: sorts of elements, or -1 for actor instances.
  std::vector<int> sorts;
  std::string name;
  switch (component.part) {
    case Part::Alive:
      name = model_.sorts[component.owner].name;
      sorts = {component.owner};
      break;
    case Part::Kernel:
    case Part::Panicked:
      break;
    case Part::Budget:
      name = model_.acts[component.owner].name;
      break;
    case Part::Latch:
    case Part::LatchKernel:
    case Part::Released:
      name = model_.claims[component.owner].name;
      sorts = {model_.claims[component.owner].sort};
      break;
    case Part::Sampled:
      name = fmt::format("{}.{}", model_.claims[model_.samples[component.owner].claim].name,
                         component.owner);
      sorts = {model_.claims[model_.samples[component.owner].claim].sort};
      break;
    default: {
      const Cell& cell = model_.cells[component.owner];
      name = cell.shown.empty() ? cell.name : cell.shown;
      sorts = cell.index;
      const bool per_instance = component.part == Part::Readers || component.part == Part::Queued;
      if (component.dims.size() > sorts.size()) sorts.push_back(per_instance ? -1 : cell.type.id);
    }
  }
  std::string indices;
  int rest = slot - component.base;
  for (std::size_t d = component.dims.size(); d-- > 0;) {
    const int offset = rest % component.dims[d];
    rest /= component.dims[d];
    const std::string one =
        sorts[d] < 0 ? instance_name(offset)
                     : model_.element_name(sorts[d], 1 + model_.sorts[sorts[d]].first + offset);
    indices = indices.empty() ? one : one + ", " + indices;
  }
  const std::string part = part_name(component.part);
  std::string text = part.empty() ? name : name.empty() ? part : fmt::format("{}({})", part, name);
  return indices.empty() ? text : fmt::format("{}[{}]", text, indices);
}

std::string Layout::slot_value(int slot, Value value) const {
  const Component& component = component_of(slot);
  static const Type kBool{Type::Kind::Bool, -1, 0, 1, false};
  switch (component.part) {
    case Part::Value:
    case Part::OutValue:
    case Part::InValue: {
      const Cell& cell = model_.cells[component.owner];
      if (cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock)
        return value == 0 ? "free" : instance_name(value - 1);
      if (cell.kind == CellKind::Set) return model_.value_text(kBool, value);
      if (cell.kind == CellKind::List) return std::to_string(value);
      return model_.value_text(cell.type, value);
    }
    case Part::Sampled:
      return model_.value_text(model_.samples[component.owner].expr->type, value);
    case Part::Readers:
    case Part::Kernel:
    case Part::Budget:
    case Part::LatchKernel:
      return std::to_string(value);
    default:
      return model_.value_text(kBool, value);
  }
}

}  // namespace luproof::model
