// SPDX-License-Identifier: GPL-2.0-or-later
// Elements of pools: new, free, and what is left of a dead one.
//
// A slot is used again only if nothing refers to it any more: otherwise a stale reference would
// come to life, and a use after free would not be seen.
#include <algorithm>

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {
namespace {

bool refers_to(const World& world, const Type& type, int base) {
  return type.kind == Type::Kind::Ref && type.id >= 0 && world.model.base_sort(type.id) == base;
}

bool cell_refers(const World& world, const State& data, int cell, Part part, Value element) {
  const Component* component = world.find(part, cell);
  if (!component) return false;
  const Cell& declared = world.model.cells[cell];
  const bool set = declared.kind == CellKind::List || declared.kind == CellKind::Set;
  const int width = set ? component->dims.back() : 1;
  const int wanted = set ? world.offset(declared.type.id, element) : 0;
  if (set && wanted < 0) return false;
  for (int row = 0; row < component->size; row += width) {
    const Value value = data[component->base + row + wanted];
    if (set ? value != 0 : value == element) return true;
  }
  return false;
}

bool frames_refer(const World& world, const Run& run, int base, Value element) {
  for (std::size_t i = 0; i < run.control.tasks.size(); ++i) {
    const model::Actor& actor = world.model.actors[world.layout.instances()[i].actor];
    for (Frame frame : run.control.tasks[i].frames) {
      if (frame.mode == Mode::Running) forget_dead_locals(frame);
      const auto& locals =
          frame.procedure < 0 ? actor.locals : world.model.procedures[frame.procedure].locals;
      // `self` names an instance, not a use of the element: its slot may be taken again.
      const std::size_t first = frame.procedure < 0 && actor.every >= 0 ? 1 : 0;
      for (std::size_t l = first; l < locals.size() && l < frame.locals.size(); ++l)
        if (refers_to(world, locals[l].type, base) && frame.locals[l] == element) return true;
    }
  }
  return false;
}

bool referenced(const World& world, const Run& run, int base, Value element) {
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    if (!refers_to(world, world.model.cells[c].type, base)) continue;
    for (Part part : {Part::Value, Part::OutValue, Part::InValue})
      if (cell_refers(world, run.data, c, part, element)) return true;
  }
  return frames_refer(world, run, base, element);
}

// Calls `visit` for each cell and index combination that has `element` in it.
void for_each_index_with(const World& world, int sort, Value element,
                         const std::function<void(int, const std::vector<Value>&)>& visit) {
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    const std::vector<int>& sorts = world.model.cells[c].index;
    const auto indexed = [&](std::size_t i) { return world.model.base_sort(sorts[i]) == sort; };
    bool any = false;
    for (std::size_t i = 0; i < sorts.size(); ++i) any = any || indexed(i);
    if (!any) continue;
    world.for_each_index(c, [&](const std::vector<Value>& indices) {
      for (std::size_t i = 0; i < sorts.size(); ++i)
        if (indexed(i) && indices[i] == element) return visit(c, indices);
    });
  }
}

}  // namespace

void write_value(const World& world, State& data, int cell, const std::vector<Value>& indices,
                 const Expr& expr, const State& view, Trouble& trouble) {
  const Cell& declared = world.model.cells[cell];
  std::vector<Value> locals = indices;
  locals.resize(std::max<std::size_t>(locals.size(), std::max(declared.frame, 0)));
  Evaluator evaluator(world, View{&view}, std::move(locals));
  const int slot = world.row(Part::Value, cell, indices);
  const Component& component = world.at(Part::Value, cell);
  Fault fault = Fault::None;
  if (declared.kind == CellKind::List || declared.kind == CellKind::Set) {
    const std::vector<Value> members = evaluator.members(expr);
    if (!evaluator.failed()) fault = holdable(world, declared.type.id, members);
    if (!evaluator.failed() && fault == Fault::None) world.fill_row(data, cell, slot, members);
  } else {
    const Value value = evaluator.value(expr);
    if (value < component.low || value > component.high) fault = Fault::OutOfRange;
    if (!evaluator.failed() && fault == Fault::None) data[slot] = value;
  }
  if (evaluator.failed())
    trouble = evaluator.trouble();
  else if (fault != Fault::None)
    trouble = {fault, expr.span};
}

void make_default(const World& world, State& data, int cell, const std::vector<Value>& indices) {
  world.reset(data, cell, indices);
  const Cell& declared = world.model.cells[cell];
  if (!declared.cold || declared.cold_any || !constant(*declared.cold)) return;
  Trouble impossible;  // the loader has checked that constants fit
  write_value(world, data, cell, indices, *declared.cold, data, impossible);
}

void forget(const World& world, State& data, int sort, Value element) {
  for_each_index_with(world, sort, element, [&](int cell, const std::vector<Value>& indices) {
    make_default(world, data, cell, indices);
  });
}

Value create(const World& world, Run& run, int sort) {
  const Component& alive = world.at(Part::Alive, sort);
  for (int e = 0; e < alive.size; ++e) {
    const Value element = world.reference(sort, e);
    if (run.data[alive.base + e] || referenced(world, run, sort, element)) continue;
    run.data[alive.base + e] = 1;
    for_each_index_with(world, sort, element, [&](int cell, const std::vector<Value>& indices) {
      const Cell& declared = world.model.cells[cell];
      make_default(world, run.data, cell, indices);
      if (!declared.cold || declared.cold_any || world.dead_index(run.data, cell, indices)) return;
      write_value(world, run.data, cell, indices, *declared.cold, run.data, run.trouble);
    });
    return element;
  }
  return 0;
}

void destroy(const World& world, Run& run, const Stmt& stmt) {
  const Expr& freed = *stmt.values[0];
  Evaluator evaluator(world, View{&run.data}, run.frame().locals);
  const Value element = evaluator.value(freed);
  const int sort = world.model.base_sort(freed.type.id);
  if (!evaluator.failed())
    evaluator.fail(world.reading_through(run.data, sort, element), freed.span);
  if (evaluator.failed()) {
    run.trouble = evaluator.trouble();
    return;
  }
  run.data[world.at(Part::Alive, sort).base + world.offset(sort, element)] = 0;
  forget(world, run.data, sort, element);
}

}  // namespace luproof::checker::plain
