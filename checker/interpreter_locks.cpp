// SPDX-License-Identifier: GPL-2.0-or-later
// Mutexes and reader/writer locks: docs/language.md, section 6, "Locks".
#include <algorithm>

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {
namespace {

constexpr Value kMostReadHolds = 2;

// The slots of one lock.
struct Lock {
  Value* writer = nullptr;
  Value* readers = nullptr;  // one an instance; rwlocks only
  Value* queued = nullptr;
  int instances = 0;

  Lock(const World& world, State& data, int cell, const std::vector<Value>& indices)
      : writer(&data[world.row(Part::Value, cell, indices)]) {
    if (!world.find(Part::Readers, cell)) return;
    instances = world.row_size(Part::Readers, cell);
    readers = &data[world.row(Part::Readers, cell, indices)];
    queued = &data[world.row(Part::Queued, cell, indices)];
  }
  bool read_by_any() const {
    return std::any_of(readers, readers + instances, [](Value holds) { return holds > 0; });
  }
  bool queued_by_any() const {
    return std::any_of(queued, queued + instances, [](Value waits) { return waits != 0; });
  }
};

}  // namespace

std::optional<Run> acquire(const World& world, Run run, const Stmt& stmt) {
  const Expr& target = *stmt.targets[0];
  Task& task = run.task();
  std::vector<Value> indices = task.queued_at;
  if (task.queued) {
    if (world.dead_index(run.data, target.ref, indices)) {
      run.trouble = {Fault::StaleReference, target.span};
      return run;
    }
  } else {
    Evaluator evaluator(world, View{&run.data}, run.frame().locals);
    const auto at = evaluator.indices(target);
    if (!at) {
      run.trouble = evaluator.trouble();
      return run;
    }
    indices = *at;
  }

  const Lock lock(world, run.data, target.ref, indices);
  const bool fair = world.model.cells[target.ref].fair;
  switch (stmt.mode) {
    case model::LockMode::Mutex:
      if (*lock.writer != 0) return std::nullopt;
      *lock.writer = 1 + run.instance;
      break;
    case model::LockMode::Read:
      if (*lock.writer != 0 || (fair && lock.queued_by_any())) return std::nullopt;
      if (lock.readers[run.instance] >= kMostReadHolds) {
        run.trouble = {Fault::OutOfRange, target.span};
        return run;
      }
      ++lock.readers[run.instance];
      break;
    case model::LockMode::Write:
      if (fair && !task.queued) {
        lock.queued[run.instance] = 1;
        task.queued = true;
        task.queued_at = std::move(indices);
        return run;
      }
      if (*lock.writer != 0 || lock.read_by_any()) return std::nullopt;
      *lock.writer = 1 + run.instance;
      lock.queued[run.instance] = 0;
      task.queued = false;
      task.queued_at.clear();
      break;
  }
  Frame& frame = run.frame();
  if (stmt.kind == StmtKind::Lock) {
    advance(frame);
  } else {
    frame.scopes.push_back({&stmt, std::move(indices)});
    frame.cursors.push_back({&stmt, 0, 0, {}, {}});
  }
  return run;
}

void release(const World& world, Run& run, const Stmt& stmt, const std::vector<Value>& indices) {
  const Expr& target = *stmt.targets[0];
  if (world.dead_index(run.data, target.ref, indices)) {
    run.trouble = {Fault::StaleReference, target.span};
    return;
  }
  const Lock lock(world, run.data, target.ref, indices);
  const bool reading = stmt.mode == model::LockMode::Read;
  const bool held = reading ? lock.readers[run.instance] > 0 : *lock.writer == 1 + run.instance;
  if (!held) {
    run.trouble = {Fault::UnlockUnheld, target.span};
  } else if (reading) {
    --lock.readers[run.instance];
  } else {
    *lock.writer = 0;
  }
}

int holds(const World& world, const State& data, int instance) {
  int count = 0;
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    const CellKind kind = world.model.cells[c].kind;
    if (kind != CellKind::Mutex && kind != CellKind::Rwlock) continue;
    const Component& writers = world.at(Part::Value, c);
    for (int slot = writers.base; slot < writers.base + writers.size; ++slot)
      count += data[slot] == 1 + instance;
    const Component* readers = world.find(Part::Readers, c);
    const int instances = static_cast<int>(world.layout.instances().size());
    for (int row = 0; readers && row < readers->size; row += instances)
      count += data[readers->base + row + instance];
  }
  return count;
}

}  // namespace luproof::checker::plain
