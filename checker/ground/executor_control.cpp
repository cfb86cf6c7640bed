// SPDX-License-Identifier: GPL-2.0-or-later
// Loops, free choices, locks, pools and undo registrations.
#include <algorithm>

#include "checker/ground/executor.h"
#include "checker/program/lists.h"

namespace luproof::checker {

using model::CellKind;
using model::Order;
using model::Part;
using model::Stmt;

void Executor::narrow(SetTerm& set, const Stmt& s, Env& env, Term reach) {
  if (s.values.size() < 2 || !s.values[1]) return;
  for (Member& m : set.members) {
    Env inner = env;
    inner.bind(s.local, m.value);
    m.in = t_.conj(m.in, e_.value(*s.values[1], inner, t_.conj(reach, m.in), m.asked));
  }
}

std::vector<Term> Executor::order_keys(SetTerm& set, const Stmt& s, Env& env, Term reach,
                                       std::vector<FaultCase>& faults) {
  std::vector<Term> keys;
  if (s.order != Order::Ascending && s.order != Order::Descending) return keys;
  for (Member& m : set.members) {
    Env inner = env;
    inner.bind(s.local, m.value);
    keys.push_back(e_.value(*s.order_key, inner, t_.conj(reach, m.in), m.asked));
  }
  e_.ask_all(set, faults);
  return keys;
}

Term Executor::goes_before(const Stmt& s, const SetTerm& set, const std::vector<Term>& keys,
                           std::size_t y, std::size_t x) {
  const Member &of_y = set.members[y], &of_x = set.members[x];
  const Value a = t_[of_y.value].value, b = t_[of_x.value].value;
  switch (s.order) {
    case Order::Any:
      return is_list(m_, *s.values[0]) ? t_.lt(of_y.key, of_x.key) : t_.truth(false);
    case Order::ChildrenFirst:
      return e_.below(a - 1, b - 1);
    case Order::ParentsFirst:
      return e_.below(b - 1, a - 1);
    case Order::Registration:
      return t_.truth(a < b);
    case Order::ReverseRegistration:
      return t_.truth(a > b);
    case Order::Ascending:
      return t_.lt(keys[y], keys[x]);
    case Order::Descending:
      return t_.lt(keys[x], keys[y]);
  }
  return t_.truth(false);
}

void Executor::loop(const Action& a, int instance, Path path, const Then& then) {
  const Stmt& s = *a.stmt;
  Env env = env_of(a, instance, path.state);
  const int first = m_.sorts[s.values[0]->type.id].first;
  auto mark = [&](Value v) { return column(instance, a.columns[v - 1 - first]); };
  if (a.act == Act::Snapshot) {
    const SetTerm set = e_.set(*s.values[0], env, path.guard, path.faults);
    const bool list = is_list(m_, *s.values[0]);
    for (const Value v : e_.elements(s.values[0]->type.id))
      path.state.write(mark(v), list ? e_.place(set, v) : e_.contains(set, v));
    return then(std::move(path));
  }
  // Those that may still come; nothing more is asked of the others.
  SetTerm set;
  const Term unmarked = t_.constant(0);
  if (s.snapshot) {
    set.ordered = is_list(m_, *s.values[0]);
    for (const Value v : e_.elements(s.values[0]->type.id)) {
      const Term place = path.state.read(mark(v));
      set.members.push_back({t_.constant(v), t_.negate(t_.eq(place, unmarked)), place});
    }
  } else {
    set = e_.set(*s.values[0], env, path.guard, path.faults);
    for (Member& m : set.members)
      m.in = t_.conj(m.in, t_.eq(path.state.read(mark(t_[m.value].value)), unmarked));
  }
  narrow(set, s, env, path.guard);
  e_.ask_all(set, path.faults);
  if (a.act == Act::LoopDone) {
    Term none = t_.truth(true);
    for (const Member& m : set.members) none = t_.conj(none, t_.negate(m.in));
    path.guard = t_.conj(path.guard, none);
    for (const int c : a.columns) path.state.write(column(instance, c), t_.constant(0));
    path.state.write(column(instance, a.column), t_.constant(0));
    if (!t_.is_false(path.guard)) then(std::move(path));
    return;
  }
  const std::vector<Term> keys = order_keys(set, s, env, path.guard, path.faults);
  for (std::size_t i = 0; i < set.members.size(); ++i) {
    Path next = path;
    const Member& one = set.members[i];
    Term may = one.in;
    for (std::size_t k = 0; k < set.members.size(); ++k) {
      if (k == i) continue;
      const Term before = goes_before(s, set, keys, k, i);
      may = t_.conj(may, t_.negate(t_.conj(set.members[k].in, before)));
    }
    next.guard = t_.conj(next.guard, may);
    if (t_.is_false(next.guard)) continue;
    const Value v = t_[one.value].value;
    next.state.write(mark(v), t_.constant(s.snapshot ? 0 : 1));
    next.state.write(column(instance, a.column), t_.constant(v));
    next.name_faults();
    next.label.choices.push_back(v);
    then(std::move(next));
  }
}

void Executor::pick(const Action& a, int instance, Path path, const Then& then) {
  Env env = env_of(a, instance, path.state);
  SetTerm set = e_.set(*a.stmt->values[0], env, path.guard, path.faults);
  narrow(set, *a.stmt, env, path.guard);
  e_.ask_all(set, path.faults);
  for (const Member& m : set.members) {
    Path next = path;
    next.guard = t_.conj(next.guard, m.in);
    if (t_.is_false(next.guard)) continue;
    next.state.write(column(instance, a.column), m.value);
    next.name_faults();
    next.label.choices.push_back(t_[m.value].value);
    then(std::move(next));
  }
  // Faults in the condition are steps even where no member is left to pick.
  if (set.members.empty() && !path.faults.empty()) {
    path.guard = t_.truth(false);
    then(std::move(path));
  }
}

Term Executor::holds(int instance, const StepState& state) {
  Term sum = t_.constant(0);
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    if (m_.cells[c].kind != CellKind::Mutex && m_.cells[c].kind != CellKind::Rwlock) continue;
    const model::Component& value = *layout_.find(Part::Value, static_cast<int>(c));
    for (int i = 0; i < value.size; ++i)
      sum = t_.add(sum, t_.ite(t_.eq(state.read(value.base + i), t_.constant(instance + 1)),
                               t_.constant(1), t_.constant(0)));
    const int actors = static_cast<int>(layout_.instances().size());
    if (const model::Component* readers = layout_.find(Part::Readers, static_cast<int>(c)))
      for (int i = instance; i < readers->size; i += actors)
        sum = t_.add(sum, state.read(readers->base + i));
  }
  return sum;
}

void Executor::lock(const Action& a, int instance, Path path, const Then& then) {
  const Stmt& s = *a.stmt;
  const model::Expr& target = *s.targets[0];
  Env env = env_of(a, instance, path.state);
  const StepState before = path.state;
  env.state = &before;
  const model::Component& values = *layout_.find(Part::Value, target.ref);
  const model::Component* readers = layout_.find(Part::Readers, target.ref);
  const model::Component* queued = layout_.find(Part::Queued, target.ref);
  const int actors = static_cast<int>(layout_.instances().size());
  const Term me = t_.constant(instance + 1);
  Term enabled = t_.truth(false);
  for (const auto& place :
       e_.places(target.ref, Part::Value, target.kids, env, path.guard, path.faults, s.span)) {
    const int row = (place.slot - values.base) * actors;
    const Term when = place.when, holder = before.read(place.slot);
    Term can = t_.truth(true);
    if (a.act == Act::Queue) {
      write_under(path.state, queued->base + row + instance, when, t_.constant(1));
    } else if (a.act == Act::Release) {
      if (s.mode == model::LockMode::Read) {
        const Term mine = before.read(readers->base + row + instance);
        fail(path, t_.conj(t_.conj(path.guard, when), t_.eq(mine, t_.constant(0))),
             Fault::UnlockUnheld, s.span);
        write_under(path.state, readers->base + row + instance, when, t_.sub(mine, t_.constant(1)));
      } else {
        fail(path, t_.conj(t_.conj(path.guard, when), t_.negate(t_.eq(holder, me))),
             Fault::UnlockUnheld, s.span);
        write_under(path.state, place.slot, when, t_.constant(0));
      }
    } else {
      can = t_.eq(holder, t_.constant(0));
      if (s.mode == model::LockMode::Read) {
        const Term mine = before.read(readers->base + row + instance);
        for (int i = 0; i < actors; ++i)
          if (queued && m_.cells[target.ref].fair)
            can = t_.conj(can, t_.eq(before.read(queued->base + row + i), t_.constant(0)));
        fail(path, t_.conj(t_.conj(path.guard, when), t_.conj(can, t_.le(t_.constant(2), mine))),
             Fault::OutOfRange, s.span);
        write_under(path.state, readers->base + row + instance, when, t_.add(mine, t_.constant(1)));
      } else {
        if (s.mode == model::LockMode::Write) {
          for (int i = 0; i < actors; ++i)
            can = t_.conj(can, t_.eq(before.read(readers->base + row + i), t_.constant(0)));
          if (queued && m_.cells[target.ref].fair)
            write_under(path.state, queued->base + row + instance, when, t_.constant(0));
        }
        write_under(path.state, place.slot, when, me);
      }
    }
    enabled = t_.disj(enabled, t_.conj(when, can));
  }
  path.guard = t_.conj(path.guard, enabled);
  then(std::move(path));
}

Term Executor::referenced(int sort, Value reference, const StepState& state) {
  Term used = t_.truth(false);
  const Term self = t_.constant(reference);
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    const model::Cell& cell = m_.cells[c];
    if (cell.type.kind != model::Type::Kind::Ref || cell.type.id < 0 ||
        m_.base_sort(cell.type.id) != sort)
      continue;
    const bool set = cell.kind == CellKind::List || cell.kind == CellKind::Set;
    for (const Part part : {Part::Value, Part::OutValue, Part::InValue}) {
      const model::Component* component = layout_.find(part, static_cast<int>(c));
      if (!component) continue;
      const int width = set ? component->dims.back() : 1;
      const int offset = set ? layout_.offset_in(cell.type.id, reference - 1) : 0;
      for (int i = 0; i < component->size; i += width) {
        const Term held = state.read(component->base + i + offset);
        used = t_.disj(used, set ? t_.negate(t_.eq(held, t_.constant(0))) : t_.eq(held, self));
      }
    }
  }
  for (std::size_t i = 0; i < layout_.instances().size(); ++i) {
    const auto& columns = s_.programs[layout_.instances()[i].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].pool == sort)
        used = t_.disj(used, t_.eq(state.read(s_.column_slot[i] + static_cast<int>(c)), self));
  }
  return used;
}

// The cells of an element take their cold values (or, dead, their defaults).
void Executor::clear_element(int sort, Value reference, Term when, StepState& state) {
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    const model::Cell& cell = m_.cells[c];
    for (std::size_t which = 0; which < cell.index.size(); ++which) {
      if (m_.base_sort(cell.index[which]) != sort) continue;
      const int wanted = layout_.offset_in(cell.index[which], reference - 1);
      if (wanted < 0) continue;
      for (const model::Component& component : layout_.components()) {
        if (component.owner != static_cast<int>(c)) continue;
        const bool of_cell = component.part <= Part::InRestored;
        if (!of_cell) continue;
        int stride = 1;
        for (std::size_t k = which + 1; k < component.dims.size(); ++k) stride *= component.dims[k];
        for (int i = 0; i < component.size; ++i) {
          if (i / stride % component.dims[which] != wanted) continue;
          Term value = t_.constant(component.low);
          if (component.part == Part::Value && cell.cold && !cell.cold_any &&
              cell.cold->op == model::Op::Const)
            value = t_.constant(cell.cold->value);
          write_under(state, component.base + i, when, value);
        }
      }
    }
  }
}

void Executor::fresh(const Action& a, int instance, Path path, const Then& then) {
  const int sort = m_.base_sort(a.stmt->ref);
  const int base = layout_.find(Part::Alive, sort)->base;
  Term none_yet = t_.truth(true);
  for (const Value v : e_.elements(sort)) {
    const Term free = t_.conj(t_.negate(path.state.read(base + v - 1)),
                              t_.negate(referenced(sort, v, path.state)));
    if (a.act == Act::New) {
      Path next = path;
      next.guard = t_.conj(t_.conj(next.guard, none_yet), free);
      if (!t_.is_false(next.guard)) {
        clear_element(sort, v, t_.truth(true), next.state);
        next.state.write(base + v - 1, t_.truth(true));
        next.state.write(column(instance, a.column), t_.constant(v));
        then(std::move(next));
      }
    }
    none_yet = t_.conj(none_yet, t_.negate(free));
  }
  if (a.act != Act::NewFull) return;
  path.guard = t_.conj(path.guard, none_yet);
  if (!t_.is_false(path.guard)) then(std::move(path));
}

void Executor::release_element(const Action& a, int instance, Path path, const Then& then) {
  const model::Expr& freed = *a.stmt->values[0];
  Env env = env_of(a, instance, path.state);
  const Term element = e_.value(freed, env, path.guard, path.faults);
  const int sort = m_.base_sort(freed.type.id);
  const int base = layout_.find(Part::Alive, sort)->base;
  fail(path, t_.conj(path.guard, t_.eq(element, t_.constant(0))), Fault::NoneReference, freed.span);
  for (const Value v : e_.elements(sort)) {
    const Term is = t_.eq(element, t_.constant(v));
    fail(path, t_.conj(path.guard, t_.conj(is, t_.negate(path.state.read(base + v - 1)))),
         Fault::StaleReference, freed.span);
    write_under(path.state, base + v - 1, is, t_.truth(false));
    clear_element(sort, v, is, path.state);
  }
  then(std::move(path));
}

void Executor::keep_turn(const Action& a, int instance, Path& path) {
  const UndoGroup& group = *a.group;
  const Term element = path.state.read(column(instance, a.column));
  const auto all = e_.elements(group.sort);
  Term any = t_.truth(false), turns = t_.constant(1);
  for (const auto& now : group.now)
    any = t_.disj(any, t_.negate(t_.eq(path.state.read(column(instance, now[0])), t_.constant(0))));
  for (const int rank : group.rank)
    turns = t_.add(turns, t_.ite(t_.eq(path.state.read(column(instance, rank)), t_.constant(0)),
                                 t_.constant(0), t_.constant(1)));
  for (std::size_t v = 0; v < all.size(); ++v) {
    const Term here = t_.conj(any, t_.eq(element, t_.constant(all[v])));
    write_under(path.state, column(instance, group.rank[v]), here, turns);
    for (std::size_t site = 0; site < group.now.size(); ++site)
      for (std::size_t k = 0; k < group.now[site].size(); ++k)
        write_under(path.state, column(instance, group.kept[site][v][k]), here,
                    path.state.read(column(instance, group.now[site][k])));
  }
  for (const auto& now : group.now)
    for (const int c : now) path.state.write(column(instance, c), t_.constant(0));
}

void Executor::undo_next(const Action& a, int instance, Path path, const Then& then) {
  const UndoGroup& group = *a.group;
  const StepState before = path.state;
  auto rank = [&](std::size_t v) { return before.read(column(instance, group.rank[v])); };
  if (a.flag) {
    for (std::size_t v = 0; v < group.rank.size(); ++v)
      path.guard = t_.conj(path.guard, t_.eq(rank(v), t_.constant(0)));
    if (!t_.is_false(path.guard)) then(std::move(path));
    return;
  }
  for (std::size_t v = 0; v < group.rank.size(); ++v) {
    Path next = path;
    next.guard = t_.conj(next.guard, t_.lt(t_.constant(0), rank(v)));
    for (std::size_t o = 0; o < group.rank.size(); ++o)
      if (o != v) next.guard = t_.conj(next.guard, t_.lt(rank(o), rank(v)));
    if (t_.is_false(next.guard)) continue;
    next.state.write(column(instance, group.rank[v]), t_.constant(0));
    for (std::size_t site = 0; site < group.now.size(); ++site)
      for (std::size_t k = 0; k < group.now[site].size(); ++k) {
        next.state.write(column(instance, group.now[site][k]),
                         before.read(column(instance, group.kept[site][v][k])));
        next.state.write(column(instance, group.kept[site][v][k]), t_.constant(0));
      }
    then(std::move(next));
  }
}

}  // namespace luproof::checker
