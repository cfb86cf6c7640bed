// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_frames.h"

#include <algorithm>

namespace luproof::checker::plain {
namespace {

constexpr std::size_t kDeepestCall = 64;

const model::Actor& actor_of(const World& world, const Run& run) {
  return world.model.actors[world.layout.instances()[run.instance].actor];
}

// A call that the caller's code names has come back with `result`.
void resume(const World& world, Run& run, Value result) {
  Frame& frame = run.frame();
  const Cursor& cursor = frame.cursors.back();
  const Stmt& call = *block_of(frame, cursor)[cursor.index];
  advance(frame);
  if (call.call == model::CallMode::Try && result != 0) return leave(frame, Mode::Failing, result);
  const int local = call.local >= 0 ? call.local : call.targets.empty() ? -1 : call.targets[0]->ref;
  if (local >= 0) frame.locals[local] = result;
  if (!call.undo) return;
  Evaluator evaluator(world, View{&run.data}, frame.locals);
  Scope scope;
  scope.stmt = &call;
  for (const auto& argument : call.undo->values) scope.args.push_back(evaluator.value(*argument));
  run.trouble = evaluator.trouble();
  frame.scopes.push_back(std::move(scope));
}

}  // namespace

void enter(const World& world, Run& run, int procedure, std::vector<Value> arguments, bool dropped,
           const Span& span) {
  Task& task = run.task();
  if (task.frames.size() > kDeepestCall) {
    run.trouble = {Fault::RecursionTooDeep, span};
    return;
  }
  const model::Procedure& callee = world.model.procedures[procedure];
  Frame frame;
  frame.procedure = procedure;
  frame.body = &callee.body;
  frame.locals = std::move(arguments);
  frame.locals.resize(std::max(frame.locals.size(), callee.locals.size()));
  frame.cursors.emplace_back();
  frame.dropped = dropped;
  if (task.frames.size() == 1) frame.holds_at_entry = holds(world, run.data, run.instance);
  task.frames.push_back(std::move(frame));
  run.passages.push_back({procedure, false, false, 0});
}

void leave(Frame& frame, Mode mode, Value result) {
  forget_dead_locals(frame);
  frame.mode = mode;
  frame.result = result;
  frame.cursors.clear();
  if (mode == Mode::Failing) return;
  std::erase_if(frame.scopes, [](const Scope& s) { return s.stmt->kind != StmtKind::With; });
}

void finish(const World& world, Run& run) {
  Task& task = run.task();
  const Frame left = std::move(task.frames.back());
  task.frames.pop_back();
  if (task.frames.empty()) return;
  const bool has_result = world.model.procedures[left.procedure].result.kind != Type::Kind::Void;
  run.passages.push_back({left.procedure, true, has_result, has_result ? left.result : 0});
  if (task.frames.size() == 1 && actor_of(world, run).life == Life::Userspace &&
      holds(world, run.data, run.instance) > left.holds_at_entry) {
    run.trouble = {Fault::LockLeaked, world.model.procedures[left.procedure].origin.span};
    return;
  }
  if (!left.dropped) resume(world, run, left.result);
}

}  // namespace luproof::checker::plain
