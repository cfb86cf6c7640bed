// SPDX-License-Identifier: GPL-2.0-or-later
// Statements that an event may hold, and the plain actions. Loops, locks and pools:
// executor_control.
#include "checker/ground/executor.h"

#include <algorithm>

namespace luproof::checker {

using model::CellKind;
using model::Op;
using model::Part;
using model::Stmt;
using model::StmtKind;

void Executor::fail(Path& path, Term when, Fault fault, const model::Span& span) const {
  if (!t_.is_false(when)) path.faults.push_back({when, fault, span});
}

Env Executor::env_of(const Action& action, int instance, const StepState& state) const {
  Env env;
  env.instance = instance;
  env.state = &state;
  if (action.frame >= 0 && instance >= 0)
    env.frame = &s_.programs[layout_.instances()[instance].actor].frames[action.frame];
  return env;
}

// `value` into a cell; a set takes the members of `set` instead.
void Executor::store(const model::Expr& target, Term value, Env& env, StepState& state, Term reach,
                     std::vector<FaultCase>& faults, const model::Span& span) {
  const model::Cell& cell = m_.cells[target.ref];
  const bool outgoing = target.op == Op::Outgoing;
  const Part part = outgoing ? Part::OutValue : Part::Value;
  const auto at = e_.places(target.ref, part, target.kids, env, reach, faults, span);
  if (cell.type.kind == model::Type::Kind::Int) {
    const Term low = t_.constant(cell.type.low), high = t_.constant(cell.type.high);
    e_.compared(value, low);
    e_.compared(value, high);
    const Term wrong = t_.conj(reach, t_.disj(t_.lt(value, low), t_.lt(high, value)));
    if (!t_.is_false(wrong)) faults.push_back({wrong, Fault::OutOfRange, span});
  }
  for (const auto& place : at) write_under(state, place.slot, t_.conj(reach, place.when), value);
  if (!outgoing) return;
  std::vector<FaultCase> again;
  for (const auto& place :
       e_.places(target.ref, Part::OutPresent, target.kids, env, reach, again, span))
    write_under(state, place.slot, t_.conj(reach, place.when), t_.truth(true));
}

void Executor::assign(const Stmt& s, Env& env, StepState& state, Term reach,
                      std::vector<FaultCase>& faults) {
  // Values are all read before anything is written.
  std::vector<Term> values;
  std::vector<SetTerm> sets;
  for (std::size_t i = 0; i < s.targets.size(); ++i) {
    const bool set = s.targets[i]->op == Op::SetCell || s.targets[i]->op == Op::SetOutgoing;
    sets.push_back(set ? e_.set(*s.values[i], env, reach, faults) : SetTerm{});
    values.push_back(set ? -1 : e_.value(*s.values[i], env, reach, faults));
  }
  const StepState before = state;
  Env addresses = env;
  addresses.state = &before;
  for (std::size_t i = 0; i < s.targets.size(); ++i) {
    const model::Expr& target = *s.targets[i];
    if (target.op == Op::Local) {
      const bool bound =
          static_cast<std::size_t>(target.ref) < env.bound.size() && env.bound[target.ref] >= 0;
      if (bound || !env.frame) {
        env.bind(target.ref, bound ? t_.ite(reach, values[i], env.bound[target.ref]) : values[i]);
      } else if (const int c = env.frame->columns[target.ref]; c >= 0) {
        write_under(state, column(env.instance, c), reach, values[i]);
      }
      continue;
    }
    if (values[i] >= 0) {
      store(target, values[i], addresses, state, reach, faults, target.span);
      continue;
    }
    // A whole list or set: ranks by position, counted among the members.
    const model::Cell& cell = m_.cells[target.ref];
    const bool outgoing = target.op == Op::SetOutgoing;
    const auto all = e_.elements(cell.type.id);
    for (std::size_t k = 0; k < all.size(); ++k) {
      const Term rank =
          cell.kind == CellKind::List ? e_.place(sets[i], all[k]) : e_.contains(sets[i], all[k]);
      std::vector<FaultCase> again;
      std::vector<FaultCase>& report = k == 0 ? faults : again;
      for (const auto& place :
           e_.places(target.ref, outgoing ? Part::OutValue : Part::Value, target.kids, addresses,
                     reach, report, target.span, static_cast<int>(k)))
        write_under(state, place.slot, t_.conj(reach, place.when), rank);
    }
    if (const Term strange = e_.stranger(sets[i], cell.type.id, reach); !t_.is_false(strange))
      faults.push_back({strange, Fault::WrongKind, target.span});
    std::vector<FaultCase> again;
    if (outgoing)
      for (const auto& place : e_.places(target.ref, Part::OutPresent, target.kids, addresses,
                                         reach, again, target.span))
        write_under(state, place.slot, t_.conj(reach, place.when), t_.truth(true));
  }
}

void Executor::list_change(const Stmt& s, Env& env, StepState& state, Term reach,
                           std::vector<FaultCase>& faults) {
  const model::Expr& target = *s.targets[0];
  const model::Cell& cell = m_.cells[target.ref];
  const bool append = s.kind == StmtKind::Append, list = cell.kind == CellKind::List;
  const bool outgoing = target.op == Op::SetOutgoing;
  const Part part = outgoing ? Part::OutValue : Part::Value;
  const Term member = e_.value(*s.values[0], env, reach, faults);
  const auto all = e_.elements(cell.type.id);
  auto fault = [&](Term when, Fault kind) {
    when = t_.conj(reach, when);
    if (!t_.is_false(when)) faults.push_back({when, kind, s.span});
  };
  fault(t_.eq(member, t_.constant(0)), Fault::NoneReference);
  Term inside = t_.eq(member, t_.constant(0));
  for (const Value v : all) inside = t_.disj(inside, t_.eq(member, t_.constant(v)));
  fault(t_.negate(inside), Fault::WrongKind);
  const StepState before = state;
  Env old = env;
  old.state = &before;
  std::vector<FaultCase> again;
  if (outgoing) {
    const auto present =
        e_.places(target.ref, Part::OutPresent, target.kids, old, reach, again, s.span);
    fault(t_.negate(e_.read(present, before)), Fault::AbsentHandover);
  }
  // One row of ranks for each place the list may be.
  for (const auto& row :
       e_.places(target.ref, part, target.kids, old, reach, faults, target.span)) {
    const Term here = t_.conj(reach, row.when);
    Term count = t_.constant(0), held = t_.constant(0);
    for (std::size_t k = 0; k < all.size(); ++k) {
      const Term rank = before.read(row.slot + static_cast<int>(k));
      count = t_.add(count, t_.ite(t_.eq(rank, t_.constant(0)), t_.constant(0), t_.constant(1)));
      held = t_.ite(t_.eq(member, t_.constant(all[k])), rank, held);
    }
    const Term there = t_.negate(t_.eq(held, t_.constant(0)));
    if (list)
      fault(t_.conj(row.when, append ? there : t_.negate(there)),
            append ? Fault::DoubleAppend : Fault::NotAMember);
    for (std::size_t k = 0; k < all.size(); ++k) {
      const int slot = row.slot + static_cast<int>(k);
      const Term rank = before.read(slot), is = t_.eq(member, t_.constant(all[k]));
      Term next = rank;
      if (append)
        next = t_.ite(t_.conj(is, t_.negate(there)),
                      list ? t_.add(count, t_.constant(1)) : t_.constant(1), rank);
      else
        next = t_.ite(
            is, t_.constant(0),
            list ? t_.ite(t_.conj(there, t_.lt(held, rank)), t_.sub(rank, t_.constant(1)), rank)
                 : rank);
      write_under(state, slot, here, next);
    }
  }
}

void Executor::count_change(const Stmt& s, Env& env, StepState& state, Term reach,
                            std::vector<FaultCase>& faults) {
  const model::Expr& target = *s.targets[0];
  const model::Cell& cell = m_.cells[target.ref];
  const auto at = e_.places(target.ref, Part::Value, target.kids, env, reach, faults, s.span);
  const Term count = e_.read(at, state);
  const bool get = s.kind == StmtKind::Get;
  const Term wrong = t_.conj(reach, get ? t_.le(t_.constant(cell.type.high), count)
                                        : t_.le(count, t_.constant(cell.type.low)));
  if (!t_.is_false(wrong))
    faults.push_back({wrong, get ? Fault::OutOfRange : Fault::RefcountUnderflow, s.span});
  for (const auto& place : at) {
    const Term old = state.read(place.slot);
    write_under(state, place.slot, t_.conj(reach, place.when),
                get ? t_.add(old, t_.constant(1)) : t_.sub(old, t_.constant(1)));
  }
}

void Executor::handover_change(const Stmt& s, Env& env, StepState& state, Term reach,
                               std::vector<FaultCase>& faults) {
  const model::Expr& target = *s.targets[0];
  if (s.kind == StmtKind::Unwrite) {
    const model::Component& values = *layout_.find(Part::OutValue, target.ref);
    const model::Component& presence = *layout_.find(Part::OutPresent, target.ref);
    const int width = values.size / std::max(1, presence.size);
    for (const auto& place :
         e_.places(target.ref, Part::OutPresent, target.kids, env, reach, faults, s.span)) {
      const Term when = t_.conj(reach, place.when);
      write_under(state, place.slot, when, t_.truth(false));
      for (int k = 0; k < width; ++k)
        write_under(state, values.base + (place.slot - presence.base) * width + k, when,
                    t_.constant(values.low));
    }
    return;
  }
  const auto present =
      e_.places(target.ref, Part::InPresent, target.kids, env, reach, faults, s.span);
  std::vector<FaultCase> again;
  const auto restored =
      e_.places(target.ref, Part::InRestored, target.kids, env, reach, again, s.span);
  const Term there = e_.read(present, state);
  const Term absent = t_.conj(reach, t_.negate(there));
  const Term twice = t_.conj(reach, t_.conj(there, e_.read(restored, state)));
  if (!t_.is_false(absent)) faults.push_back({absent, Fault::AbsentHandover, s.span});
  if (!t_.is_false(twice)) faults.push_back({twice, Fault::DoubleRestore, s.span});
  for (const auto& place : restored)
    write_under(state, place.slot, t_.conj(reach, place.when), t_.truth(true));
}

void Executor::each(const Stmt& s, Env& env, StepState& state, Term reach,
                    std::vector<FaultCase>& faults) {
  // Who takes part is settled first; each is asked all at once.
  SetTerm all = e_.lazily(*s.values[0], env, reach, faults);
  narrow(all, s, env, reach);
  e_.ask_all(all, faults);
  const auto perform_for = [&](const Member& m, Term when) {
    Env inner = env;
    inner.state = &state;
    inner.bind(s.local, m.value);
    body(s.body, inner, state, t_.conj(reach, t_.conj(m.in, when)), faults);
  };
  if (!all.ordered) {
    for (const Member& m : all.members) perform_for(m, t_.truth(true));
    return;
  }
  std::vector<Term> places;
  for (const Member& m : all.members) places.push_back(e_.place(all, t_[m.value].value));
  for (std::size_t turn = 1; turn <= places.size(); ++turn)
    for (std::size_t i = 0; i < places.size(); ++i)
      perform_for(all.members[i], t_.eq(places[i], t_.constant(static_cast<Value>(turn))));
}

void Executor::body(const model::Block& block, Env& env, StepState& state, Term reach,
                    std::vector<FaultCase>& faults) {
  for (const auto& one : block) {
    const Stmt& s = *one;
    if (t_.is_false(reach)) return;
    env.state = &state;
    e_.note(Watch::What::Statement, s.id, reach);
    switch (s.kind) {
      case StmtKind::Assign:
        assign(s, env, state, reach, faults);
        break;
      case StmtKind::Let: {
        const Term value = e_.value(*s.values[0], env, reach, faults);
        env.bind(s.local, value);
        break;
      }
      case StmtKind::If: {
        const Term c = e_.value(*s.values[0], env, reach, faults);
        body(s.body, env, state, t_.conj(reach, c), faults);
        body(s.orelse, env, state, t_.conj(reach, t_.negate(c)), faults);
        break;
      }
      case StmtKind::Each:
        each(s, env, state, reach, faults);
        break;
      case StmtKind::Append:
      case StmtKind::Remove:
        list_change(s, env, state, reach, faults);
        break;
      case StmtKind::Get:
        count_change(s, env, state, reach, faults);
        break;
      case StmtKind::Unwrite:
      case StmtKind::Restore:
        handover_change(s, env, state, reach, faults);
        break;
      case StmtKind::Fire: {
        Env inner;
        inner.instance = env.instance;
        inner.state = &state;
        e_.note(Watch::What::Event, s.ref, reach);
        for (std::size_t i = 0; i < s.values.size(); ++i)
          inner.bind(static_cast<int>(i), e_.value(*s.values[i], env, reach, faults));
        body(m_.events[s.ref].body, inner, state, reach, faults);
        break;
      }
      default:
        break;  // pass; the loader admits nothing else
    }
  }
}

void Executor::perform(const Action& a, int instance, Path path, const Then& then) {
  auto proceed = [&](Term condition) {
    path.guard = t_.conj(path.guard, condition);
    if (!t_.is_false(path.guard)) then(std::move(path));
  };
  Env env = env_of(a, instance, path.state);
  switch (a.act) {
    case Act::Guard: {
      Term c = a.expr ? e_.value(*a.expr, env, path.guard, path.faults)
                      : t_.eq(path.state.read(column(instance, a.column)), t_.constant(0));
      return proceed(a.flag ? t_.negate(c) : c);
    }
    case Act::Assign: {
      StepState& state = path.state;
      assign(*a.stmt, env, state, path.guard, path.faults);
      return then(std::move(path));
    }
    case Act::Let:
      path.state.write(column(instance, a.column), e_.value(*a.expr, env, path.guard, path.faults));
      return then(std::move(path));
    case Act::Set:
      path.state.write(column(instance, a.column), t_.constant(a.value));
      return then(std::move(path));
    case Act::Copy:
      path.state.write(column(instance, a.column), path.state.read(column(instance, a.from)));
      return then(std::move(path));
    case Act::Event: {
      Env inner;
      inner.instance = instance;
      e_.note(Watch::What::Event, a.ref, path.guard);
      for (std::size_t i = 0; i < std::max(a.exprs.size(), a.columns.size()); ++i)
        inner.bind(static_cast<int>(i), a.columns.empty()
                                            ? e_.value(*a.exprs[i], env, path.guard, path.faults)
                                            : path.state.read(column(instance, a.columns[i])));
      for (int i = 0; i < m_.events[a.ref].parameters; ++i) path.args.push_back(inner.bound[i]);
      body(m_.events[a.ref].body, inner, path.state, path.guard, path.faults);
      return then(std::move(path));
    }
    case Act::Atomic:
      body(a.stmt->body, env, path.state, path.guard, path.faults);
      return then(std::move(path));
    case Act::Each:
      each(*a.stmt, env, path.state, path.guard, path.faults);
      return then(std::move(path));
    case Act::Append:
    case Act::Remove:
      list_change(*a.stmt, env, path.state, path.guard, path.faults);
      return then(std::move(path));
    case Act::Get:
    case Act::Put:
      count_change(*a.stmt, env, path.state, path.guard, path.faults);
      return then(std::move(path));
    case Act::Unwrite:
    case Act::Restore:
      handover_change(*a.stmt, env, path.state, path.guard, path.faults);
      return then(std::move(path));
    case Act::ZeroCount: {
      std::vector<FaultCase> again;
      const Term zero =
          t_.eq(e_.read(e_.places(a.stmt->targets[0]->ref, Part::Value, a.stmt->targets[0]->kids,
                                  env, path.guard, again, a.stmt->span),
                        path.state),
                t_.constant(0));
      return proceed(a.flag ? t_.negate(zero) : zero);
    }
    case Act::Alternative:
      path.label.choices.push_back(a.value);
      return then(std::move(path));
    case Act::Pass:
      path.label.choices.push_back(0);
      return then(std::move(path));
    case Act::Fail: {
      path.label.choices.push_back(1);
      e_.note(Watch::What::Act, a.ref, path.guard);
      const int slot = layout_.find(Part::Budget, a.ref)->base;
      const Term left = path.state.read(slot);
      path.state.write(slot, t_.sub(left, t_.constant(1)));
      return proceed(t_.lt(t_.constant(0), left));
    }
    case Act::Enter:
      path.passings.push_back({a.ref, false, -1, {}});
      for (const int c : a.columns)
        path.passings.back().args.push_back(path.state.read(column(instance, c)));
      e_.note(Watch::What::Procedure, a.ref, path.guard);
      return then(std::move(path));
    case Act::Leave:
      path.passings.push_back(
          {a.ref, true, a.column < 0 ? -1 : path.state.read(column(instance, a.column)), {}});
      return then(std::move(path));
    case Act::Holds: {
      const Term leaked = t_.lt(t_.constant(a.value), holds(instance, path.state));
      fail(path, t_.conj(path.guard, leaked), Fault::LockLeaked, a.stmt->span);
      return then(std::move(path));
    }
    case Act::Trap:
      fail(path, path.guard, static_cast<Fault>(a.value), a.stmt->span);
      return then(std::move(path));
    case Act::Exhausted:
      path.exhausted = true;
      return then(std::move(path));
    case Act::Panic:
      path.state.write(layout_.find(Part::Panicked, -1)->base, t_.truth(true));
      return then(std::move(path));
    case Act::Keep:
      keep_turn(a, instance, path);
      return then(std::move(path));
    case Act::LoopNext:
    case Act::LoopDone:
    case Act::Snapshot:
      return loop(a, instance, std::move(path), then);
    case Act::Acquire:
    case Act::Queue:
    case Act::Release:
      return lock(a, instance, std::move(path), then);
    case Act::Pick:
      return pick(a, instance, std::move(path), then);
    case Act::New:
    case Act::NewFull:
      return fresh(a, instance, std::move(path), then);
    case Act::Free:
      return release_element(a, instance, std::move(path), then);
    case Act::UndoNext:
      return undo_next(a, instance, std::move(path), then);
    case Act::Kexec:
      path.kexec = true;
      return then(std::move(path));  // the grounder goes on from here
  }
}

}  // namespace luproof::checker
