// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_control.h"

#include <cstring>

namespace luproof::checker::plain {
namespace {

void append(std::string& key, std::int64_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  key.append(bytes, sizeof number);
}

void append(std::string& key, const std::vector<Value>& values) {
  append(key, static_cast<std::int64_t>(values.size()));
  for (Value value : values) append(key, value);
}

}  // namespace

const model::Block& block_of(const Frame& frame, const Cursor& cursor) {
  if (!cursor.owner) return *frame.body;
  if (cursor.which == 0) return cursor.owner->body;
  if (cursor.which == 1) return cursor.owner->orelse;
  return cursor.owner->alternatives[cursor.which - 2];
}

namespace {

void declared(const model::Block& block, std::vector<int>& locals) {
  for (const auto& stmt : block) {
    if (stmt->declares || stmt->kind == StmtKind::For) locals.push_back(stmt->local);
    declared(stmt->body, locals);
    declared(stmt->orelse, locals);
    for (const model::Block& alternative : stmt->alternatives) declared(alternative, locals);
  }
}

}  // namespace

void forget_dead_locals(Frame& frame) {
  std::vector<int> dead;
  declared(*frame.body, dead);
  for (const Cursor& cursor : frame.cursors) {
    if (cursor.owner && cursor.owner->kind == StmtKind::For) std::erase(dead, cursor.owner->local);
    const model::Block& block = block_of(frame, cursor);
    if (cursor.index >= block.size()) continue;
    for (std::size_t i = 0; i < cursor.index; ++i)
      if (block[i]->declares) std::erase(dead, block[i]->local);
  }
  for (int local : dead) frame.locals[local] = 0;
}

Next next_of(const Task& task) {
  using Kind = Next::Kind;
  if (task.frames.empty()) return {};
  const Frame& frame = task.frames.back();
  if (frame.mode != Mode::Running) {
    if (frame.scopes.empty()) return {Kind::FrameEnd, nullptr};
    const Stmt* stmt = frame.scopes.back().stmt;
    if (stmt->kind == StmtKind::With) return {Kind::Release, stmt};
    return {Kind::Undo, stmt->undo.get()};
  }
  const Cursor& cursor = frame.cursors.back();
  const model::Block& block = block_of(frame, cursor);
  if (cursor.index < block.size()) return {Kind::Statement, block[cursor.index].get()};
  if (!cursor.owner) return {Kind::FrameEnd, nullptr};
  switch (cursor.owner->kind) {
    case StmtKind::For:
      return {Kind::Turn, cursor.owner};
    case StmtKind::With:
      return {Kind::Release, cursor.owner};
    default:
      return {Kind::BlockEnd, cursor.owner};
  }
}

bool is_step(const Model& model, const Next& next) {
  switch (next.kind) {
    case Next::Kind::Release:
      return true;
    case Next::Kind::Turn:
      return next.stmt->touches_shared && !next.stmt->snapshot;
    case Next::Kind::Undo:
      return next.stmt->kind == StmtKind::Fire;
    case Next::Kind::Statement:
      break;
    default:
      return false;
  }
  switch (next.stmt->kind) {
    case StmtKind::Assign:
    case StmtKind::Let:
    case StmtKind::Call:
    case StmtKind::Check:
    case StmtKind::If:
    case StmtKind::For:
    case StmtKind::Return:
      return next.stmt->touches_shared;
    case StmtKind::MayFail:
      return model.acts[next.stmt->ref].allowed;
    case StmtKind::Forever:
    case StmtKind::Stop:
    case StmtKind::Pass:
      return false;
    default:
      return true;  // docs/language.md, "Steps": always a step
  }
}

void append_key(const Task& task, std::string& key) {
  append(key, static_cast<std::int64_t>(task.frames.size()));
  append(key, task.queued);
  append(key, task.queued_at);
  for (const Frame& frame : task.frames) {
    append(key, frame.procedure);
    append(key, frame.locals);
    append(key, static_cast<std::int64_t>(frame.mode));
    append(key, frame.result);
    append(key, frame.dropped);
    append(key, frame.holds_at_entry);
    append(key, static_cast<std::int64_t>(frame.cursors.size()));
    for (const Cursor& cursor : frame.cursors) {
      append(key, cursor.owner ? cursor.owner->id : -1);
      append(key, cursor.which);
      append(key, static_cast<std::int64_t>(cursor.index));
      append(key, cursor.visited);
      append(key, cursor.snapshot);
    }
    append(key, static_cast<std::int64_t>(frame.scopes.size()));
    for (const Scope& scope : frame.scopes) {
      append(key, scope.stmt->id);
      append(key, scope.args);
    }
  }
}

}  // namespace luproof::checker::plain
