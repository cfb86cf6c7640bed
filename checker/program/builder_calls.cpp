// SPDX-License-Identifier: GPL-2.0-or-later
// Calls are inlined: a call has a frame of columns, one point where it leaves, and a chain of
// cleanups for failures. Columns go back to the pool when the call is lowered, since two calls of
// one actor that are not nested never live at once; they are zero whenever nobody uses them.
#include <algorithm>

#include "checker/program/builder.h"
#include "checker/program/scope.h"

namespace luproof::checker {

using model::Stmt;
using model::StmtKind;

namespace {

Action plain(Act act) {
  Action a;
  a.act = act;
  return a;
}

Action set_column(int column, model::Value value) {
  Action a;
  a.act = Act::Set;
  a.column = column;
  a.value = value;
  return a;
}

// Guard on a column, without an expression of the model: column == 0, or not if `flag`.
Action test_column(int column, bool nonzero) {
  Action a;
  a.act = Act::Guard;
  a.column = column;
  a.flag = nonzero;
  return a;
}

}  // namespace

int ProgramBuilder::acquire(const Stmt& s, int next, const Body& body) {
  Action a = plain(Act::Acquire);
  a.stmt = &s;
  a.frame = body.frame;
  const int at = point(true, &s, body);
  program_.points[at].waits = true;
  edge(at, next, {a});
  if (s.mode != model::LockMode::Write || !m_.cells[s.targets[0]->ref].fair) return at;
  const int queue = point(true, &s, body);
  a.act = Act::Queue;
  edge(queue, at, {a});
  return queue;
}

int ProgramBuilder::release(const Stmt& s, int next, const Body& body) {
  Action a = plain(Act::Release);
  a.stmt = &s;
  a.frame = body.frame;
  const int at = point(true, &s, body);
  edge(at, next, {a});
  return at;
}

int ProgramBuilder::inline_call(const Stmt& s, int procedure,
                                const std::vector<model::ExprPtr>& arguments, int caller_frame,
                                bool step, int next, Body& body, int result_to,
                                const std::vector<int>& argument_columns) {
  int depth = 2;
  for (int i = 0; i < static_cast<int>(m_.topology.functions.size()); ++i)
    depth = std::max(depth, static_cast<int>(m_.topology.upstream(i).size()) + 3);
  if (m_.parent_cell >= 0) depth = m_.sorts[model::kPort].size + 3;
  if (std::count(call_path_.begin(), call_path_.end(), procedure) >= depth) {
    const int trap = point(step, &s, body);
    Action a = plain(Act::Trap);
    a.stmt = &s;
    a.value = static_cast<int>(Fault::RecursionTooDeep);
    edge(trap, 0, {a});
    return trap;
  }
  const model::Procedure& p = m_.procedures[procedure];
  call_path_.push_back(procedure);
  Body callee;
  callee.procedure = procedure;
  callee.inside = true;
  callee.frame = static_cast<int>(program_.frames.size());
  program_.frames.emplace_back();
  program_.frames.back().columns.assign(p.locals.size(), -1);
  for (int i = 0; i < p.parameters; ++i) allocate_local(i, p.locals, callee);
  if (p.result.kind != model::Type::Kind::Void) {
    callee.result = owned(callee, column("result", p.result));
    callee.error = owned(callee, column("error", p.result));
  }
  callee.leave = point(false, nullptr, callee);
  const int first = block(p.body, callee.leave, callee, nullptr);

  std::vector<Action> actions;
  Action leave = plain(Act::Leave);
  leave.ref = procedure;
  leave.column = callee.result;
  actions.push_back(leave);
  if (result_to >= 0) {
    Action copy = plain(Act::Copy);
    copy.column = result_to;
    copy.from = callee.result;
    actions.push_back(copy);
  }
  for (const int column : callee.own) actions.push_back(set_column(column, 0));
  if (!body.inside && m_.actors[program_.actor].life == model::Life::Userspace) {
    Action holds = plain(Act::Holds);
    holds.stmt = &s;
    holds.value = body.holds;
    actions.push_back(holds);
  }
  edge(callee.leave, next, std::move(actions));

  const int at = point(step, &s, body);
  actions.clear();
  Action enter = plain(Act::Enter);
  enter.ref = procedure;
  for (int i = 0; i < p.parameters; ++i) {
    const int target = program_.frames[callee.frame].columns[i];
    enter.columns.push_back(target);
    if (!argument_columns.empty()) {
      Action copy = plain(Act::Copy);
      copy.column = target;
      copy.from = argument_columns[i];
      actions.push_back(copy);
    } else {
      Action a = plain(Act::Let);
      a.column = target;
      a.expr = arguments[i];
      a.frame = caller_frame;
      actions.push_back(a);
    }
  }
  actions.push_back(enter);
  edge(at, first, std::move(actions));
  for (const int column : callee.own) give_back(column);
  call_path_.pop_back();
  return at;
}

int ProgramBuilder::call(const Stmt& s, int next, Body& body, const ScopePtr& scope) {
  if (s.call != model::CallMode::Try) {
    const int target = s.local >= 0 ? program_.frames[body.frame].columns[s.local] : -1;
    return inline_call(s, s.ref, s.values, body.frame, s.touches_shared, next, body, target);
  }
  const int back = point(false, nullptr, body);
  std::vector<Action> succeeded = {test_column(body.error, false)};
  if (s.undo) {
    const auto& columns = undo_columns(s, body);
    succeeded.push_back(set_column(columns[0], 1));
    for (std::size_t i = 0; i < s.undo->values.size(); ++i)
      succeeded.push_back(let(columns[i + 1], s.undo->values[i], body));
  }
  edge(back, next, std::move(succeeded));
  edge(back, unwind(scope, body), {test_column(body.error, true)});
  return inline_call(s, s.ref, s.values, body.frame, s.touches_shared, back, body, body.error);
}

const std::vector<int>& ProgramBuilder::undo_columns(const Stmt& site, Body& body) {
  auto& columns = body.undo[&site];
  if (columns.empty()) {
    columns.push_back(owned(body, plain_column("undo", 0, 1)));
    for (const auto& argument : site.undo->values)
      columns.push_back(owned(body, column("undo argument", argument->type)));
  }
  return columns;
}

void ProgramBuilder::collect_sites(const Stmt& s, std::vector<const Stmt*>& sites) const {
  if (s.kind == StmtKind::Call && s.undo) sites.push_back(&s);
  for (const auto* inner : {&s.body, &s.orelse})
    for (const auto& one : *inner) collect_sites(*one, sites);
  for (const auto& alternative : s.alternatives)
    for (const auto& one : alternative) collect_sites(*one, sites);
}

// The scope behind a statement: what may be registered there, textually oldest first.
ScopePtr ProgramBuilder::after(const Stmt& s, Body& body, ScopePtr scope) {
  auto push = [&](Scope::Kind kind, const Stmt& at) {
    auto next = std::make_shared<Scope>();
    next->kind = kind;
    next->stmt = &at;
    next->older = scope;
    scope = next;
  };
  if (s.kind == StmtKind::Call && s.undo) {
    push(Scope::Kind::Undo, s);
    return scope;
  }
  if (s.kind == StmtKind::For) {
    std::vector<const Stmt*> sites;
    collect_sites(s, sites);
    if (sites.empty()) return scope;
    auto& group = body.groups[&s];
    if (!group) {
      auto made = std::make_shared<UndoGroup>();
      made->sort = s.values[0]->type.id;
      const int size = m_.sorts[made->sort].size;
      for (int i = 0; i < size; ++i)
        made->rank.push_back(
            owned(body, fresh_column(of_element({.name = "turn", .high = size, .count = true},
                                                made->sort, i))));
      for (const Stmt* site : sites) {
        made->now.push_back(undo_columns(*site, body));
        made->kept.emplace_back();
        for (int i = 0; i < size; ++i) {
          made->kept.back().emplace_back();
          for (const int column : made->now.back()) {
            Column kept = of_element(program_.columns[column], made->sort, i);
            kept.name = "kept undo";
            made->kept.back().back().push_back(owned(body, fresh_column(std::move(kept))));
          }
        }
      }
      group = made;
    }
    push(Scope::Kind::Group, s);
    return scope;
  }
  for (const auto* inner : {&s.body, &s.orelse})
    for (const auto& one : *inner) scope = after(*one, body, scope);
  for (const auto& alternative : s.alternatives)
    for (const auto& one : alternative) scope = after(*one, body, scope);
  return scope;
}

// Runs one undo call if it is registered, and forgets it.
int ProgramBuilder::run_undo(const Stmt& site, const std::vector<int>& columns, int next,
                             Body& body) {
  const Stmt& undo = *site.undo;
  const int forget = point(false, nullptr, body);
  std::vector<Action> clear;
  for (const int column : columns) clear.push_back(set_column(column, 0));
  edge(forget, next, std::move(clear));
  const std::vector<int> arguments(columns.begin() + 1, columns.end());
  int run = -1;
  if (undo.kind == StmtKind::Fire) {
    run = point(true, &undo, body);
    Action a = plain(Act::Event);
    a.stmt = &undo;
    a.ref = undo.ref;
    a.columns = arguments;
    a.frame = body.frame;
    edge(run, forget, {a});
  } else {
    run = inline_call(undo, undo.ref, {}, body.frame, false, forget, body, -1, arguments);
  }
  const int at = point(false, nullptr, body);
  edge(at, next, {test_column(columns[0], false)});
  edge(at, run, {test_column(columns[0], true)});
  return at;
}

int ProgramBuilder::unwind(const ScopePtr& scope, Body& body) {
  if (const auto known = body.unwinding.find(scope.get()); known != body.unwinding.end())
    return known->second;
  int at = -1;
  if (!scope) {
    at = point(false, nullptr, body);
    Action copy = plain(Act::Copy);
    copy.column = body.result;
    copy.from = body.error;
    edge(at, body.leave, {copy});
  } else {
    const int older = unwind(scope->older, body);
    if (scope->kind == Scope::Kind::With) {
      at = release(*scope->stmt, older, body);
    } else if (scope->kind == Scope::Kind::Undo) {
      at = run_undo(*scope->stmt, undo_columns(*scope->stmt, body), older, body);
    } else {
      const auto group = body.groups.at(scope->stmt);
      std::vector<const Stmt*> sites;
      collect_sites(*scope->stmt, sites);
      at = point(false, nullptr, body);
      int chain = at;
      for (std::size_t i = 0; i < sites.size(); ++i)
        chain = run_undo(*sites[i], group->now[i], chain, body);
      Action next = plain(Act::UndoNext);
      next.group = group;
      edge(at, chain, {next});
      next.flag = true;
      edge(at, older, {next});
    }
  }
  body.unwinding[scope.get()] = at;
  body.kept_scopes.push_back(scope);
  return at;
}

int ProgramBuilder::returning(const ScopePtr& scope, Body& body) {
  if (!scope) return body.leave;
  const int older = returning(scope->older, body);
  return scope->kind == Scope::Kind::With ? release(*scope->stmt, older, body) : older;
}

}  // namespace luproof::checker
