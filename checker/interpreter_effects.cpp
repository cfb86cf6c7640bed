// SPDX-License-Identifier: GPL-2.0-or-later
// What the statements do that an event or `atomic:` may hold: each happens as a whole.
#include <algorithm>

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {

namespace {
constexpr int kDeepestEvent = 64;

// A value, or the members of a list or set, on their way to a cell or local.
struct Write {
  const Expr* target = nullptr;
  std::vector<Value> indices;
  Value value = 0;
  std::vector<Value> members;
};

bool set_valued(const World& world, const Expr& target) {
  if (target.op == Op::Local) return false;
  const CellKind kind = world.model.cells[target.ref].kind;
  return kind == CellKind::List || kind == CellKind::Set;
}

bool outgoing(const Expr& target) {
  return target.op == Op::Outgoing || target.op == Op::SetOutgoing;
}
}  // namespace

Fault holdable(const World& world, int sort, const std::vector<Value>& members) {
  for (Value member : members) {
    if (member == 0) return Fault::NoneReference;
    if (world.offset(sort, member) < 0) return Fault::WrongKind;
  }
  return Fault::None;
}

bool Effects::fine(const Evaluator& evaluator) {
  if (!evaluator.failed()) return true;
  trouble_ = evaluator.trouble();
  return false;
}

bool Effects::fail(Fault fault, const Span& span) {
  if (fault == Fault::None) return true;
  trouble_ = {fault, span};
  return false;
}

void Effects::perform(const model::Block& block, std::vector<Value>& locals) {
  for (const auto& stmt : block) {
    if (trouble_.fault != Fault::None) return;
    perform(*stmt, locals);
  }
}

void Effects::perform(const Stmt& stmt, std::vector<Value>& locals) {
  Evaluator evaluator(world_, View{&data_}, locals);
  switch (stmt.kind) {
    case StmtKind::Let: {
      const Value value = evaluator.value(*stmt.values[0]);
      if (fine(evaluator)) locals[stmt.local] = value;
      return;
    }
    case StmtKind::If: {
      const bool condition = evaluator.truth(*stmt.values[0]);
      if (fine(evaluator)) perform(condition ? stmt.body : stmt.orelse, locals);
      return;
    }
    case StmtKind::Fire: {
      std::vector<Value> arguments;
      for (const auto& argument : stmt.values) arguments.push_back(evaluator.value(*argument));
      if (fine(evaluator)) fire(stmt.ref, std::move(arguments), stmt.span);
      return;
    }
    case StmtKind::Assign:
      return assign(stmt, locals);
    case StmtKind::Append:
    case StmtKind::Remove:
      return list_operation(stmt, locals);
    case StmtKind::Unwrite:
    case StmtKind::Restore:
      return handover_operation(stmt, locals);
    case StmtKind::Get:
      count(stmt, locals, 1);
      return;
    case StmtKind::Each:
      return each(stmt, locals);
    case StmtKind::Atomic:
      return perform(stmt.body, locals);
    default:
      return;  // pass; the loader admits nothing else
  }
}

bool Effects::act_available(int act) const {
  return world_.model.acts[act].allowed && data_[world_.at(Part::Budget, act).base] > 0;
}

void Effects::spend(int act) { --data_[world_.at(Part::Budget, act).base]; }

void Effects::fire(int event, std::vector<Value> arguments, const Span& span) {
  const model::Event& fired = world_.model.events[event];
  if (depth_ >= kDeepestEvent) {
    fail(Fault::RecursionTooDeep, span);
    return;
  }
  arguments.resize(std::max(arguments.size(), fired.locals.size()));
  ++depth_;
  perform(fired.body, arguments);
  --depth_;
}

// All values and places are found before anything is written.
void Effects::assign(const Stmt& stmt, std::vector<Value>& locals) {
  Evaluator evaluator(world_, View{&data_}, locals);
  std::vector<Write> writes;
  for (std::size_t i = 0; i < stmt.targets.size(); ++i) {
    Write write;
    write.target = stmt.targets[i].get();
    if (set_valued(world_, *write.target))
      write.members = evaluator.members(*stmt.values[i]);
    else
      write.value = evaluator.value(*stmt.values[i]);
    if (!fine(evaluator)) return;
    writes.push_back(std::move(write));
  }
  for (Write& write : writes) {
    if (write.target->op == Op::Local) continue;
    const auto at = evaluator.indices(*write.target);
    if (!at) {
      fine(evaluator);
      return;
    }
    write.indices = *at;
    const model::Type& type = world_.model.cells[write.target->ref].type;
    if (set_valued(world_, *write.target)) {
      if (!fail(holdable(world_, type.id, write.members), write.target->span)) return;
    } else if (type.kind == Type::Kind::Int &&
               (write.value < type.low || write.value > type.high)) {
      fail(Fault::OutOfRange, write.target->span);
      return;
    }
  }
  for (const Write& write : writes) {
    const Expr& target = *write.target;
    if (target.op == Op::Local) {
      locals[target.ref] = write.value;
      continue;
    }
    const Part part = outgoing(target) ? Part::OutValue : Part::Value;
    const int slot = world_.row(part, target.ref, write.indices);
    if (set_valued(world_, target))
      world_.fill_row(data_, target.ref, slot, write.members);
    else
      data_[slot] = write.value;
    if (outgoing(target)) data_[world_.row(Part::OutPresent, target.ref, write.indices)] = 1;
  }
}

void Effects::list_operation(const Stmt& stmt, std::vector<Value>& locals) {
  const Expr& target = *stmt.targets[0];
  const Cell& cell = world_.model.cells[target.ref];
  Evaluator evaluator(world_, View{&data_}, locals);
  const Value member = evaluator.value(*stmt.values[0]);
  const auto at = evaluator.indices(target);
  if (!fine(evaluator) || !at) return;
  if (!fail(holdable(world_, cell.type.id, {member}), stmt.span)) return;
  if (outgoing(target) && data_[world_.row(Part::OutPresent, target.ref, *at)] == 0) {
    fail(Fault::AbsentHandover, stmt.span);
    return;
  }
  const int slot = world_.row(outgoing(target) ? Part::OutValue : Part::Value, target.ref, *at);
  std::vector<Value> members = world_.members(data_, target.ref, slot);
  const auto found = std::find(members.begin(), members.end(), member);
  const bool append = stmt.kind == StmtKind::Append;
  const bool there = found != members.end();
  if (append == there) {  // a set does not mind, a list does
    if (cell.kind == CellKind::List)
      fail(append ? Fault::DoubleAppend : Fault::NotAMember, stmt.span);
    return;
  }
  if (append)
    members.push_back(member);
  else
    members.erase(found);
  world_.fill_row(data_, target.ref, slot, members);
}

void Effects::handover_operation(const Stmt& stmt, std::vector<Value>& locals) {
  const Expr& target = *stmt.targets[0];
  Evaluator evaluator(world_, View{&data_}, locals);
  const auto at = evaluator.indices(target);
  if (!fine(evaluator) || !at) return;
  if (stmt.kind == StmtKind::Unwrite) {
    data_[world_.row(Part::OutPresent, target.ref, *at)] = 0;
    std::fill_n(data_.begin() + world_.row(Part::OutValue, target.ref, *at),
                world_.row_size(Part::OutValue, target.ref),
                world_.at(Part::OutValue, target.ref).low);
    return;
  }
  Value& restored = data_[world_.row(Part::InRestored, target.ref, *at)];
  if (data_[world_.row(Part::InPresent, target.ref, *at)] == 0) {
    fail(Fault::AbsentHandover, stmt.span);
  } else if (restored) {
    fail(Fault::DoubleRestore, stmt.span);
  } else {
    restored = 1;
  }
}

Value Effects::count(const Stmt& stmt, const std::vector<Value>& locals, int change) {
  const Expr& target = *stmt.targets[0];
  Evaluator evaluator(world_, View{&data_}, locals);
  const auto at = evaluator.indices(target);
  if (!fine(evaluator) || !at) return 0;
  const Component& component = world_.at(Part::Value, target.ref);
  Value& count = data_[world_.row(Part::Value, target.ref, *at)];
  if (change > 0 && count >= component.high) {
    fail(Fault::OutOfRange, stmt.span);
  } else if (change < 0 && count <= component.low) {
    fail(Fault::RefcountUnderflow, stmt.span);
  } else {
    count += change;
  }
  return count;
}

// Who takes part is settled before the first body runs.
void Effects::each(const Stmt& stmt, std::vector<Value>& locals) {
  Evaluator evaluator(world_, View{&data_}, locals);
  const Expr* where = stmt.values.size() > 1 ? stmt.values[1].get() : nullptr;
  std::vector<Value> members;
  evaluator.each(*stmt.values[0], [&](Value member) {
    evaluator.bind(stmt.local, member);
    if (!where || evaluator.truth(*where)) members.push_back(member);
    return true;
  });
  if (!fine(evaluator)) return;
  for (Value member : members) {
    locals[stmt.local] = member;
    perform(stmt.body, locals);
    if (trouble_.fault != Fault::None) return;
  }
}

}  // namespace luproof::checker::plain
