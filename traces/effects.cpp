// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/effects.h"

#include <algorithm>

namespace luproof::traces {

using model::Op;
using model::Stmt;
using model::StmtKind;

namespace {
constexpr int kDeepestEvent = 50;
}

void Effects::apply(int event, const std::vector<Value>& arguments, int kernel,
                    Knowledge& state) const {
  const model::Event& happened = model_.events[event];
  Run run{state, Frame(happened.locals.size()), kernel};
  for (std::size_t i = 0; i < arguments.size(); ++i)
    bind(run.frame, static_cast<int>(i), known(arguments[i]));
  block(happened.body, run);
}

std::vector<int> Effects::written(int event) const {
  std::vector<int> cells;
  std::vector<int> events{event};
  for (std::size_t i = 0; i < events.size(); ++i)
    collect(model_.events[events[i]].body, cells, events);
  return cells;
}

Known Effects::evaluate(const model::Expr& expr, Run& run) const {
  return Kleene(model_, layout_, run.state, run.kernel).value(expr, run.frame);
}

void Effects::block(const model::Block& body, Run& run) const {
  for (const auto& stmt : body) statement(*stmt, run);
}

void Effects::statement(const Stmt& stmt, Run& run) const {
  switch (stmt.kind) {
    case StmtKind::Assign:
      return assign(stmt, run);
    case StmtKind::Let:
      return bind(run.frame, stmt.local, evaluate(*stmt.values[0], run));
    case StmtKind::If: {
      const Known condition = evaluate(*stmt.values[0], run);
      if (condition.known()) return block(condition.value != 0 ? stmt.body : stmt.orelse, run);
      Knowledge other = run.state;
      Run otherwise{other, run.frame, run.kernel, run.depth};
      block(stmt.body, run);
      block(stmt.orelse, otherwise);
      join_into(run.state, other);
      return;
    }
    case StmtKind::Each:
      return each(stmt, run);
    case StmtKind::Fire:
      return fire(stmt, run);
    case StmtKind::Atomic:
      return block(stmt.body, run);
    default:
      return;  // lists, counts and the handover are not kept: they are always unknown
  }
}

// All right sides are read before the first left side is written.
void Effects::assign(const Stmt& stmt, Run& run) const {
  std::vector<Known> values;
  for (const auto& value : stmt.values) values.push_back(evaluate(*value, run));
  for (std::size_t i = 0; i < stmt.targets.size(); ++i) {
    const model::Expr& target = *stmt.targets[i];
    if (target.op == Op::Local) bind(run.frame, target.ref, values[i]);
    if (target.op != Op::Cell) continue;
    Known value = values[i];
    if (value.known()) value.source = Source::Line;
    const auto at = Kleene(model_, layout_, run.state, run.kernel).slot(target, run.frame);
    if (at) {
      run.state[*at] = value;
      continue;
    }
    // Some element's: each may have kept its value or taken this one.
    const model::Component* const all = layout_.find(model::Part::Value, target.ref);
    for (int s = 0; all != nullptr && s < all->size; ++s)
      run.state[all->base + s] = join(run.state[all->base + s], value);
  }
}

void Effects::optional_block(const model::Block& body, Run& run) const {
  Knowledge after = run.state;
  Run taken{after, run.frame, run.kernel, run.depth};
  block(body, taken);
  join_into(run.state, after);
}

void Effects::each(const Stmt& stmt, Run& run) const {
  const Kleene kleene(model_, layout_, run.state, run.kernel);
  const Members set = kleene.members(*stmt.values[0], run.frame);
  if (!set) return forget(stmt.body, run.state);
  std::vector<Member> chosen;
  for (Member member : *set) {
    if (stmt.values.size() > 1 && stmt.values[1]) {
      bind(run.frame, stmt.local, known(member.value));
      const Known in = kleene.value(*stmt.values[1], run.frame);
      if (in.is(0)) continue;
      member.certain = member.certain && in.known();
    }
    chosen.push_back(member);
  }
  for (const Member& member : chosen) {
    bind(run.frame, stmt.local, known(member.value));
    if (member.certain)
      block(stmt.body, run);
    else
      optional_block(stmt.body, run);
  }
}

void Effects::fire(const Stmt& stmt, Run& run) const {
  const model::Event& fired = model_.events[stmt.ref];
  Run inner{run.state, Frame(fired.locals.size()), run.kernel, run.depth + 1};
  bool certain = inner.depth < kDeepestEvent;
  for (std::size_t i = 0; i < stmt.values.size(); ++i) {
    const Known argument = evaluate(*stmt.values[i], run);
    certain = certain && argument.known();
    bind(inner.frame, static_cast<int>(i), argument);
  }
  if (certain)
    block(fired.body, inner);
  else
    forget(fired.body, run.state);
}

void Effects::forget(const model::Block& body, Knowledge& state) const {
  std::vector<int> cells;
  std::vector<int> events;
  collect(body, cells, events);
  for (std::size_t i = 0; i < events.size(); ++i)
    collect(model_.events[events[i]].body, cells, events);
  for (int cell : cells) {
    const model::Component* const all = layout_.find(model::Part::Value, cell);
    for (int s = 0; all != nullptr && s < all->size; ++s) state[all->base + s] = {};
  }
}

void Effects::collect(const model::Block& body, std::vector<int>& cells,
                      std::vector<int>& events) const {
  const auto add = [](std::vector<int>& to, int what) {
    if (std::find(to.begin(), to.end(), what) == to.end()) to.push_back(what);
  };
  for (const auto& stmt : body) {
    for (const auto& target : stmt->targets)
      if (target->op == Op::Cell) add(cells, target->ref);
    if (stmt->kind == StmtKind::Fire) add(events, stmt->ref);
    collect(stmt->body, cells, events);
    collect(stmt->orelse, cells, events);
  }
}

}  // namespace luproof::traces
