// SPDX-License-Identifier: GPL-2.0-or-later
// Points, columns, blocks and plain statements. Calls, locks and undo are in builder_calls.cpp.
#include "checker/program/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/program/lists.h"
#include "checker/program/scope.h"

namespace luproof::checker {

using model::Stmt;
using model::StmtKind;

namespace {
constexpr std::size_t kMaximumPoints = 30'000;
}

int ProgramBuilder::point(bool step, const Stmt* stmt, const Body& body) {
  if (program_.points.size() >= kMaximumPoints) {
    if (!too_large_)
      diagnostics_.error(
          stmt ? stmt->span : model::Span{},
          fmt::format("the code of actor '{}' is too large once its calls are inlined",
                      m_.actors[program_.actor].name),
          "at most 30,000 control points");
    too_large_ = true;
    return 0;
  }
  Point p;
  p.step = step;
  p.stmt = stmt;
  p.inside = body.inside;
  program_.points.push_back(std::move(p));
  return static_cast<int>(program_.points.size()) - 1;
}

void ProgramBuilder::edge(int from, int to, std::vector<Action> actions) {
  if (!too_large_) program_.points[from].edges.push_back(Edge{to, std::move(actions)});
}

int ProgramBuilder::fresh_column(Column shape) {
  const auto spare = std::find_if(spare_.rbegin(), spare_.rend(), [&](int column) {
    return program_.columns[column].same_kind(shape);
  });
  if (spare != spare_.rend()) {
    const int column = *spare;
    spare_.erase(std::next(spare).base());
    return column;
  }
  program_.columns.push_back(std::move(shape));
  return static_cast<int>(program_.columns.size()) - 1;
}

// The column of the row that belongs to a member of a sort.
Column ProgramBuilder::of_element(Column shape, int sort, int member) const {
  shape.sort = m_.base_sort(sort);
  shape.element = m_.sorts[sort].first + member;
  return shape;
}

int ProgramBuilder::column(const std::string& name, const model::Type& type) {
  using Kind = model::Type::Kind;
  switch (type.kind) {
    case Kind::Bool:
      return plain_column(name, 0, 1);
    case Kind::Enum:
      return plain_column(name, 0, static_cast<model::Value>(m_.enums[type.id].values.size()) - 1);
    case Kind::Errno:
      return plain_column(name, 0, static_cast<model::Value>(m_.errnos.size()) - 1);
    case Kind::Ref: {
      const int base = m_.base_sort(std::max(0, type.id));
      return fresh_column({.name = name,
                           .high = m_.sorts[base].size,
                           .pool = m_.sorts[base].pool ? base : -1,
                           .refers = base});
    }
    default:
      return plain_column(name, std::min(0, type.low), std::max(type.high, 0xffff));
  }
}

void ProgramBuilder::give_back(int column) { spare_.push_back(column); }

int ProgramBuilder::owned(Body& body, int column) {
  body.own.push_back(column);
  return column;
}

int ProgramBuilder::allocate_local(int slot, const std::vector<model::Local>& locals, Body& body) {
  auto& columns = program_.frames[body.frame].columns;
  if (static_cast<std::size_t>(slot) >= columns.size()) columns.resize(locals.size(), -1);
  if (columns[slot] == -1)
    columns[slot] = owned(body, column(locals[slot].name, locals[slot].type));
  return program_.frames[body.frame].columns[slot];
}

Action ProgramBuilder::let(int target, const model::ExprPtr& expr, const Body& body) const {
  Action a;
  a.act = Act::Let;
  a.column = target;
  a.expr = expr;
  a.frame = body.frame;
  return a;
}

// Locals that the statements of a block introduce: they are dead, and zero, behind it.
void ProgramBuilder::declare_locals(const model::Block& block, Body& body,
                                    std::vector<int>& fresh) {
  const auto& locals =
      body.procedure >= 0 ? m_.procedures[body.procedure].locals : m_.actors[program_.actor].locals;
  for (const auto& s : block) {
    if (!s->declares) continue;
    allocate_local(s->local, locals, body);
    fresh.push_back(s->local);
  }
}

int ProgramBuilder::block(const model::Block& block, int next, Body& body, ScopePtr scope) {
  std::vector<int> fresh;
  declare_locals(block, body, fresh);
  if (!fresh.empty()) {
    const int clear = point(false, nullptr, body);
    std::vector<Action> actions;
    for (const int local : fresh) {
      Action a;
      a.act = Act::Set;
      a.column = program_.frames[body.frame].columns[local];
      actions.push_back(std::move(a));
    }
    edge(clear, next, std::move(actions));
    next = clear;
  }
  std::vector<ScopePtr> scopes;
  for (const auto& s : block) {
    scopes.push_back(scope);
    scope = after(*s, body, scope);
  }
  for (std::size_t i = block.size(); i-- > 0;) next = statement(*block[i], next, body, scopes[i]);
  return next;
}

int ProgramBuilder::simple(const Stmt& s, int next, const Body& body, Act act) {
  const int at = point(s.touches_shared, &s, body);
  Action a;
  a.act = act;
  a.stmt = &s;
  a.frame = body.frame;
  a.column = s.local >= 0 ? program_.frames[body.frame].columns[s.local] : -1;
  edge(at, next, {std::move(a)});
  return at;
}

int ProgramBuilder::statement(const Stmt& s, int next, Body& body, const ScopePtr& scope) {
  auto guard = [&](bool negated) {
    Action a;
    a.act = Act::Guard;
    a.stmt = &s;
    a.expr = s.values[0];
    a.frame = body.frame;
    a.flag = negated;
    return a;
  };
  switch (s.kind) {
    case StmtKind::Pass:
      return next;
    case StmtKind::Stop:
      return 0;
    case StmtKind::Assign:
      return simple(s, next, body, Act::Assign);
    case StmtKind::Let: {
      const int at = point(s.touches_shared, &s, body);
      edge(at, next, {let(program_.frames[body.frame].columns[s.local], s.values[0], body)});
      return at;
    }
    case StmtKind::Fire: {
      const int at = point(true, &s, body);
      Action a;
      a.act = Act::Event;
      a.stmt = &s;
      a.ref = s.ref;
      a.exprs = s.values;
      a.frame = body.frame;
      edge(at, next, {std::move(a)});
      return at;
    }
    case StmtKind::Atomic:
      return simple(s, next, body, Act::Atomic);
    case StmtKind::Each:
      return simple(s, next, body, Act::Each);
    case StmtKind::Free:
      return simple(s, next, body, Act::Free);
    case StmtKind::Append:
      return simple(s, next, body, Act::Append);
    case StmtKind::Remove:
      return simple(s, next, body, Act::Remove);
    case StmtKind::Get:
      return simple(s, next, body, Act::Get);
    case StmtKind::Unwrite:
      return simple(s, next, body, Act::Unwrite);
    case StmtKind::Restore:
      return simple(s, next, body, Act::Restore);
    case StmtKind::Kexec: {
      const model::Actor& actor = m_.actors[program_.actor];
      if (actor.life != model::Life::Kernel && actor.life != model::Life::Userspace)
        diagnostics_.error(
            s.span, fmt::format("actor '{}' outlives the kernel and cannot replace it", actor.name),
            "kexec is for actors of life kernel or userspace");
      return simple(s, next, body, Act::Kexec);
    }
    case StmtKind::Panic:
      return simple(s, next, body, Act::Panic);
    case StmtKind::Call:
      return call(s, next, body, scope);
    case StmtKind::For:
      return loop(s, next, body, scope);
    case StmtKind::Check: {
      const int at = point(s.touches_shared, &s, body);
      edge(at, next, {guard(false)});
      edge(at, unwind(scope, body), {guard(true), let(body.error, s.values[1], body)});
      return at;
    }
    case StmtKind::Wait: {
      const int at = point(true, &s, body);
      program_.points[at].waits = true;
      edge(at, next, {guard(false)});
      return at;
    }
    case StmtKind::If: {
      const int then = block(s.body, next, body, scope);
      const int otherwise = s.orelse.empty() ? next : block(s.orelse, next, body, scope);
      const int at = point(s.touches_shared, &s, body);
      edge(at, then, {guard(false)});
      edge(at, otherwise, {guard(true)});
      return at;
    }
    case StmtKind::Return: {
      const int out = returning(scope, body);
      if (s.values.empty()) return out;
      const int at = point(s.touches_shared, &s, body);
      edge(at, out, {let(body.result, s.values[0], body)});
      return at;
    }
    case StmtKind::Lock:
      return acquire(s, next, body);
    case StmtKind::Unlock:
      return release(s, next, body);
    case StmtKind::With: {
      auto inner = std::make_shared<Scope>();
      inner->kind = Scope::Kind::With;
      inner->stmt = &s;
      inner->older = scope;
      ++body.holds;
      const int first = block(s.body, release(s, next, body), body, inner);
      --body.holds;
      return acquire(s, first, body);
    }
    case StmtKind::MayFail: {
      if (!s.touches_shared) return next;
      const int at = point(true, &s, body);
      Action pass;
      pass.act = Act::Pass;
      edge(at, next, {pass});
      Action failing;
      failing.act = Act::Fail;
      failing.ref = s.ref;
      edge(at, unwind(scope, body), {failing, let(body.error, s.values[0], body)});
      return at;
    }
    case StmtKind::Either: {
      const int at = point(true, &s, body);
      for (std::size_t i = 0; i < s.alternatives.size(); ++i) {
        Action a;
        a.act = Act::Alternative;
        a.value = static_cast<int>(i);
        edge(at, block(s.alternatives[i], next, body, scope), {a});
      }
      return at;
    }
    case StmtKind::Forever: {
      const int head = point(false, nullptr, body);
      edge(head, block(s.body, head, body, scope), {});
      return head;
    }
    case StmtKind::Pick: {
      const int at = simple(s, next, body, Act::Pick);
      program_.points[at].waits = true;
      return at;
    }
    case StmtKind::New: {
      const int at = simple(s, next, body, Act::New);
      Action full;
      full.act = Act::NewFull;
      full.stmt = &s;
      if (s.values.empty()) {
        Action exhausted;
        exhausted.act = Act::Exhausted;
        edge(at, 0, {full, exhausted});
      } else {
        edge(at, unwind(scope, body), {full, let(body.error, s.values[0], body)});
      }
      return at;
    }
    case StmtKind::Put: {
      const int zero = point(false, nullptr, body);
      const int at = simple(s, zero, body, Act::Put);
      Action test;
      test.act = Act::ZeroCount;
      test.stmt = &s;
      test.frame = body.frame;
      Action nonzero = test;
      nonzero.flag = true;
      edge(zero, next, {nonzero});
      const int handler = m_.cells[s.targets[0]->ref].at_zero;
      edge(zero,
           handler < 0
               ? next
               : inline_call(s, handler, s.targets[0]->kids, body.frame, false, next, body, -1),
           {test});
      return at;
    }
  }
  return next;
}

int ProgramBuilder::loop(const Stmt& s, int next, Body& body, const ScopePtr& scope) {
  const auto& locals =
      body.procedure >= 0 ? m_.procedures[body.procedure].locals : m_.actors[program_.actor].locals;
  const int member = allocate_local(s.local, locals, body);
  const int sort = s.values[0]->type.id;
  Column mark{.name = s.snapshot ? "coming" : "visited", .high = 1};
  if (s.snapshot && is_list(m_, *s.values[0])) {
    mark.high = m_.sorts[sort].size;
    mark.count = true;
  }
  std::vector<int> marks;
  for (int i = 0; i < m_.sorts[sort].size; ++i)
    marks.push_back(owned(body, fresh_column(of_element(mark, sort, i))));

  const bool shared_head = s.touches_shared && !s.snapshot;
  const int head = point(shared_head, &s, body);
  ScopePtr inner = scope;
  int turn_end = head;
  if (const auto group = body.groups.find(&s); group != body.groups.end()) {
    auto kept = std::make_shared<Scope>();
    kept->kind = Scope::Kind::Group;
    kept->stmt = &s;
    kept->older = scope;
    inner = kept;
    turn_end = point(false, nullptr, body);
    Action keep;
    keep.act = Act::Keep;
    keep.group = group->second;
    keep.column = member;
    edge(turn_end, head, {keep});
  }
  const int first = block(s.body, turn_end, body, inner);
  Action pick;
  pick.act = Act::LoopNext;
  pick.stmt = &s;
  pick.frame = body.frame;
  pick.column = member;
  pick.columns = marks;
  Action done = pick;
  done.act = Act::LoopDone;
  edge(head, first, {pick});
  edge(head, next, {done});
  if (!s.snapshot) return head;
  const int entry = point(s.touches_shared, &s, body);
  Action snapshot = pick;
  snapshot.act = Act::Snapshot;
  edge(entry, head, {snapshot});
  return entry;
}

Program ProgramBuilder::build(int actor) {
  program_ = Program{};
  program_.actor = actor;
  const model::Actor& a = m_.actors[actor];
  Body body;
  program_.points.emplace_back();  // 0: the end
  body.frame = 0;
  program_.frames.emplace_back();
  program_.frames[0].columns.assign(a.locals.size(), -1);
  if (a.every >= 0) program_.frames[0].columns[0] = kSelf;
  program_.entry = block(a.body, 0, body, nullptr);
  return std::move(program_);
}

std::vector<Program> build_programs(const model::Model& model, model::Diagnostics& diagnostics) {
  std::vector<Program> programs;
  for (std::size_t i = 0; i < model.actors.size(); ++i)
    programs.push_back(ProgramBuilder(model, diagnostics).build(static_cast<int>(i)));
  return programs;
}

}  // namespace luproof::checker
