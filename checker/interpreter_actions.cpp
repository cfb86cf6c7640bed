// SPDX-License-Identifier: GPL-2.0-or-later
// One step is one shared action and then everything local up to the next one: docs/language.md,
// section 6, "Steps".
#include "checker/interpreter_actions.h"

#include <algorithm>

#include "checker/interpreter_frames.h"

namespace luproof::checker::plain {
namespace {

constexpr int kMostActions = 10'000;

Runs one(Run run) {
  Runs runs;
  runs.push_back(std::move(run));
  return runs;
}

void open(Run& run, const Stmt& owner, int which) {
  run.frame().cursors.push_back({&owner, which, 0, {}, {}});
}

Evaluator evaluator_of(const World& world, const Run& run) {
  return {world, View{&run.data}, run.control.tasks[run.instance].frames.back().locals};
}

// Values of the statement's expressions; empty with run.trouble set after a violation.
std::vector<Value> values_of(const World& world, Run& run, const Stmt& stmt, std::size_t from = 0) {
  Evaluator evaluator = evaluator_of(world, run);
  std::vector<Value> values;
  for (std::size_t i = from; i < stmt.values.size(); ++i)
    values.push_back(evaluator.value(*stmt.values[i]));
  run.trouble = evaluator.trouble();
  return values;
}

Runs call(const World& world, Run run, const Stmt& stmt) {
  std::vector<Value> arguments = values_of(world, run, stmt);
  if (!run.over()) enter(world, run, stmt.ref, std::move(arguments), false, stmt.span);
  return one(std::move(run));
}

Runs check(const World& world, Run run, const Stmt& stmt) {
  Evaluator evaluator = evaluator_of(world, run);
  const bool holds = evaluator.truth(*stmt.values[0]);
  const Value error = holds || evaluator.failed() ? 0 : evaluator.value(*stmt.values[1]);
  run.trouble = evaluator.trouble();
  if (run.over()) return one(std::move(run));
  if (holds)
    advance(run.frame());
  else
    leave(run.frame(), Mode::Failing, error);
  return one(std::move(run));
}

Runs wait(const World& world, Run run, const Stmt& stmt) {
  Evaluator evaluator = evaluator_of(world, run);
  const bool goes_on = evaluator.truth(*stmt.values[0]);
  run.trouble = evaluator.trouble();
  if (run.over()) return one(std::move(run));
  if (!goes_on) return {};
  advance(run.frame());
  return one(std::move(run));
}

Runs branch(const World& world, Run run, const Stmt& stmt) {
  Evaluator evaluator = evaluator_of(world, run);
  const bool condition = evaluator.truth(*stmt.values[0]);
  run.trouble = evaluator.trouble();
  if (!run.over()) open(run, stmt, condition ? 0 : 1);
  return one(std::move(run));
}

Runs return_from(const World& world, Run run, const Stmt& stmt) {
  const std::vector<Value> result = values_of(world, run, stmt);
  if (!run.over()) leave(run.frame(), Mode::Returning, result.empty() ? 0 : result[0]);
  return one(std::move(run));
}

Runs may_fail(const World& world, Run run, const Stmt& stmt) {
  if (!world.model.acts[stmt.ref].allowed) {
    advance(run.frame());
    return one(std::move(run));
  }
  Runs runs;
  Run good = run;
  good.chose(0, ChoiceOf::Kind::Fails);
  advance(good.frame());
  runs.push_back(std::move(good));
  Effects effects(world, run.data, run.trouble);
  if (!effects.act_available(stmt.ref)) return runs;
  run.chose(1, ChoiceOf::Kind::Fails);
  const std::vector<Value> error = values_of(world, run, stmt);
  if (!run.over()) {
    effects.spend(stmt.ref);
    leave(run.frame(), Mode::Failing, error[0]);
  }
  runs.push_back(std::move(run));
  return runs;
}

Runs either(const Run& run, const Stmt& stmt) {
  Runs runs;
  for (int i = 0; i < static_cast<int>(stmt.alternatives.size()); ++i) {
    Run taken = run;
    taken.chose(i, ChoiceOf::Kind::Alternative);
    open(taken, stmt, 2 + i);
    runs.push_back(std::move(taken));
  }
  return runs;
}

Runs put(const World& world, Run run, const Stmt& stmt) {
  const std::vector<Value> locals = run.frame().locals;
  const Expr& target = *stmt.targets[0];
  const Value left = Effects(world, run.data, run.trouble).count(stmt, locals, -1);
  if (run.over()) return one(std::move(run));
  const int at_zero = world.model.cells[target.ref].at_zero;
  advance(run.frame());
  if (left == 0 && at_zero >= 0) {
    Evaluator evaluator(world, View{&run.data}, locals);
    enter(world, run, at_zero, *evaluator.indices(target), true, stmt.span);
  }
  return one(std::move(run));
}

Runs create_element(const World& world, Run run, const Stmt& stmt) {
  const Value element = create(world, run, stmt.ref);
  if (run.over()) return one(std::move(run));
  Frame& frame = run.frame();
  if (element != 0) {
    frame.locals[stmt.local >= 0 ? stmt.local : stmt.targets[0]->ref] = element;
    advance(frame);
  } else if (stmt.values.empty() || !stmt.values[0]) {
    run.exhausted = true;
  } else {
    const std::vector<Value> error = values_of(world, run, stmt);
    if (!run.over()) leave(frame, Mode::Failing, error[0]);
  }
  return one(std::move(run));
}

Runs fire(const World& world, Run run, const Stmt& stmt) {
  run.fired = values_of(world, run, stmt);
  if (run.over()) return one(std::move(run));
  Effects(world, run.data, run.trouble).fire(stmt.ref, run.fired, stmt.span);
  advance(run.frame());
  return one(std::move(run));
}

Runs statement(const World& world, Run run, const Stmt& stmt) {
  switch (stmt.kind) {
    case StmtKind::Call:
      return call(world, std::move(run), stmt);
    case StmtKind::Check:
      return check(world, std::move(run), stmt);
    case StmtKind::Wait:
      return wait(world, std::move(run), stmt);
    case StmtKind::If:
      return branch(world, std::move(run), stmt);
    case StmtKind::For:
      return take_turn(world, run, stmt, true);
    case StmtKind::Return:
      return return_from(world, std::move(run), stmt);
    case StmtKind::Lock:
    case StmtKind::With: {
      std::optional<Run> taken = acquire(world, std::move(run), stmt);
      return taken ? one(std::move(*taken)) : Runs{};
    }
    case StmtKind::Unlock: {
      Evaluator evaluator = evaluator_of(world, run);
      const auto at = evaluator.indices(*stmt.targets[0]);
      run.trouble = evaluator.trouble();
      if (at) release(world, run, stmt, *at);
      advance(run.frame());
      return one(std::move(run));
    }
    case StmtKind::MayFail:
      return may_fail(world, std::move(run), stmt);
    case StmtKind::Either:
      return either(run, stmt);
    case StmtKind::Forever:
      open(run, stmt, 0);
      return one(std::move(run));
    case StmtKind::Pick:
      return pick(world, run, stmt);
    case StmtKind::New:
      return create_element(world, std::move(run), stmt);
    case StmtKind::Free:
      destroy(world, run, stmt);
      advance(run.frame());
      return one(std::move(run));
    case StmtKind::Fire:
      return fire(world, std::move(run), stmt);
    case StmtKind::Put:
      return put(world, std::move(run), stmt);
    case StmtKind::Kexec:
      return kexec(world, run, stmt);
    case StmtKind::Panic:
      run.data[world.at(Part::Panicked, -1).base] = 1;
      advance(run.frame());
      return one(std::move(run));
    case StmtKind::Stop:
      leave(run.frame(), Mode::Returning, 0);
      return one(std::move(run));
    default:
      Effects(world, run.data, run.trouble).perform(stmt, run.frame().locals);
      advance(run.frame());
      return one(std::move(run));
  }
}

// The end of With's body, or of the frame that it stands in.
Runs release_scope(const World& world, Run run, const Stmt& with) {
  Frame& frame = run.frame();
  const auto newest = std::find_if(frame.scopes.rbegin(), frame.scopes.rend(),
                                   [&](const Scope& scope) { return scope.stmt == &with; });
  const std::vector<Value> indices = newest->args;
  frame.scopes.erase(std::next(newest).base());
  if (frame.mode == Mode::Running) {
    frame.cursors.pop_back();
    advance(frame);
  }
  release(world, run, with, indices);
  return one(std::move(run));
}

Runs undo(const World& world, Run run, const Stmt& stmt) {
  std::vector<Value> arguments = std::move(run.frame().scopes.back().args);
  run.frame().scopes.pop_back();
  if (stmt.kind == StmtKind::Fire) {
    run.fired = arguments;
    Effects(world, run.data, run.trouble).fire(stmt.ref, std::move(arguments), stmt.span);
  } else {
    enter(world, run, stmt.ref, std::move(arguments), true, stmt.span);
  }
  return one(std::move(run));
}

Runs block_end(Run run, const Stmt& owner) {
  Frame& frame = run.frame();
  if (owner.kind == StmtKind::Forever) {
    frame.cursors.back().index = 0;
  } else {
    frame.cursors.pop_back();
    advance(frame);
  }
  return one(std::move(run));
}

}  // namespace

Runs act(const World& world, Run run) {
  const Next next = next_of(run.task());
  switch (next.kind) {
    case Next::Kind::Ended:
      return {};
    case Next::Kind::Statement:
      return statement(world, std::move(run), *next.stmt);
    case Next::Kind::Turn:
      return take_turn(world, run, *next.stmt, false);
    case Next::Kind::Release:
      return release_scope(world, std::move(run), *next.stmt);
    case Next::Kind::Undo:
      return undo(world, std::move(run), *next.stmt);
    case Next::Kind::BlockEnd:
      return block_end(std::move(run), *next.stmt);
    case Next::Kind::FrameEnd:
      finish(world, run);
      return one(std::move(run));
  }
  return {};
}

Runs settle(const World& world, Run run) {
  Runs settled;
  Runs open_runs = one(std::move(run));  // the next to go on is last
  while (!open_runs.empty()) {
    Run now = std::move(open_runs.back());
    open_runs.pop_back();
    const Next next = next_of(now.task());
    if (now.over() || next.kind == Next::Kind::Ended || is_step(world.model, next)) {
      settled.push_back(std::move(now));
      continue;
    }
    if (++now.actions > kMostActions) {
      // Other outcomes of a step that need not end are not worth their memory.
      now.trouble = {Fault::EndlessLoop, next.stmt ? next.stmt->span : Span{}};
      return one(std::move(now));
    }
    if (settled.size() + open_runs.size() > kMostOutcomes) {
      now.exhausted = true;
      return one(std::move(now));
    }
    Runs outcomes = act(world, std::move(now));
    std::move(outcomes.rbegin(), outcomes.rend(), std::back_inserter(open_runs));
  }
  return settled;
}

void start(const World& world, Control& control, int instance) {
  const model::ActorInstance& at = world.layout.instances()[instance];
  const model::Actor& actor = world.model.actors[at.actor];
  Frame frame;
  frame.body = &actor.body;
  frame.locals.resize(std::max<std::size_t>(actor.locals.size(), actor.every >= 0 ? 1 : 0));
  if (actor.every >= 0) frame.locals[0] = at.element;
  frame.cursors.emplace_back();
  Task& task = control.tasks[instance];
  task = Task{};
  task.frames.push_back(std::move(frame));
}

namespace {

// The instances whose code begins with the kernel that a kexec has just started. Hardware and guest
// actors go on as they were, unless their kernels end or begin here.
std::vector<int> restart(const World& world, Run& run) {
  const int kernel = world.kernel(run.data);
  std::vector<int> started;
  for (std::size_t i = 0; i < run.control.tasks.size(); ++i) {
    const model::Actor& actor = world.model.actors[world.layout.instances()[i].actor];
    run.control.tasks[i].queued = false;
    run.control.tasks[i].queued_at.clear();
    const bool survives = actor.life == Life::Hardware || actor.life == Life::Guest;
    if (survives && starts_in(actor, kernel) && starts_in(actor, kernel - 1)) continue;
    run.control.tasks[i] = Task{};
    if (!starts_in(actor, kernel)) continue;
    start(world, run.control, static_cast<int>(i));
    started.push_back(static_cast<int>(i));
  }
  return started;
}

}  // namespace

Runs complete(const World& world, Run run, const Stmt* stmt) {
  if (run.over()) return one(std::move(run));
  const int own = run.instance;
  std::vector<int> movers;
  if (stmt && stmt->kind == StmtKind::Kexec) movers = restart(world, run);
  if (std::find(movers.begin(), movers.end(), own) == movers.end()) movers.push_back(own);
  Runs runs = one(std::move(run));
  for (int mover : movers) {
    Runs after;
    for (Run& before : runs) {
      before.instance = mover;
      Runs outcomes = before.over() ? one(before) : settle(world, before);
      std::move(outcomes.begin(), outcomes.end(), std::back_inserter(after));
      if (after.size() <= kMostOutcomes) continue;
      after.back().exhausted = true;
      return one(std::move(after.back()));
    }
    runs = std::move(after);
  }
  return runs;
}

}  // namespace luproof::checker::plain
