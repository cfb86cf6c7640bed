// SPDX-License-Identifier: GPL-2.0-or-later
// Sets and quantifiers: a set is every element it may hold, each with the condition under which it
// does.
#include <algorithm>

#include "checker/ground/evaluator.h"

namespace luproof::checker {

using model::Expr;
using model::Op;
using model::Part;

SetTerm Evaluator::relation(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  const Term on = value(*e.kids[0], env, reach, faults);
  none_fault(on, reach, faults, e.span);
  const auto which = static_cast<model::Relation>(e.ref);
  if (m_.parent_cell >= 0) return open_relation(which, on);
  SetTerm result;
  const int functions = static_cast<int>(m_.topology.functions.size());
  if (t_[on].op == TermOp::Const) {
    if (t_[on].value > 0)
      for (const int i : m_.related(which, t_[on].value - 1))
        result.members.push_back({t_.constant(i + 1), t_.truth(true), -1});
    return result;
  }
  std::vector<Term> in(functions, t_.truth(false)), key(functions, t_.constant(0));
  for (int f = 0; f < functions; ++f) {
    const Term here = t_.eq(on, t_.constant(f + 1));
    const std::vector<int> related = m_.related(which, f);
    result.ordered = result.ordered || !std::is_sorted(related.begin(), related.end());
    for (std::size_t k = 0; k < related.size(); ++k) {
      in[related[k]] = t_.disj(in[related[k]], here);
      key[related[k]] = t_.ite(here, t_.constant(static_cast<Value>(k)), key[related[k]]);
    }
  }
  for (int i = 0; i < functions; ++i)
    if (!t_.is_false(in[i]))
      result.members.push_back({t_.constant(i + 1), in[i], result.ordered ? key[i] : -1});
  return result;
}

SetTerm Evaluator::set_cell(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  const model::Cell& cell = m_.cells[e.ref];
  Part part = Part::Value;
  if (e.op != Op::SetCell) {
    const bool in = e.op == Op::SetReceived;
    part = in ? Part::InValue : Part::OutValue;
    const auto present =
        places(e.ref, in ? Part::InPresent : Part::OutPresent, e.kids, env, reach, faults, e.span);
    const Term absent = t_.conj(reach, t_.negate(read(present, *env.state)));
    if (!t_.is_false(absent)) faults.push_back({absent, Fault::AbsentHandover, e.span});
  }
  SetTerm result;
  result.ordered = cell.kind == model::CellKind::List;
  const auto all = elements(cell.type.id);
  std::vector<Term> indices;
  for (const auto& index : e.kids) indices.push_back(value(*index, env, reach, faults));
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<FaultCase> again;
    std::vector<FaultCase>& report = i == 0 && e.op == Op::SetCell ? faults : again;
    const Term held = read(
        places_at(e.ref, part, indices, *env.state, reach, report, e.span, static_cast<int>(i)),
        *env.state);
    const Term in = t_.negate(t_.eq(held, t_.constant(0)));
    if (!t_.is_false(in))
      result.members.push_back({t_.constant(all[i]), in, result.ordered ? held : -1});
  }
  return result;
}

SetTerm Evaluator::set(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  SetTerm all = lazily(e, env, reach, faults);
  ask_all(all, faults);
  return all;
}

Term Evaluator::reaches(const SetTerm& set, std::size_t member, const std::vector<Term>& ends) {
  Term reached = t_.truth(true);
  for (std::size_t k = 0; k < set.members.size(); ++k)
    if (k != member && !t_.is_false(ends[k])) {
      const Term before = t_.lt(set.members[k].key, set.members[member].key);
      reached = t_.conj(reached, t_.negate(t_.conj(ends[k], before)));
    }
  return reached;
}

void Evaluator::ask_all(SetTerm& set, std::vector<FaultCase>& faults) {
  std::vector<Term> ends;  // per member: a fault of asking it ends the asking
  for (const Member& m : set.members) {
    ends.push_back(t_.truth(false));
    for (const FaultCase& f : m.asked) ends.back() = t_.disj(ends.back(), f.condition);
  }
  for (std::size_t i = 0; i < set.members.size(); ++i) {
    Member& m = set.members[i];
    if (m.asked.empty()) continue;
    const Term reached = set.ordered ? reaches(set, i, ends) : t_.truth(true);
    for (const FaultCase& f : m.asked) {
      const Term condition = t_.conj(reached, f.condition);
      if (!t_.is_false(condition)) faults.push_back({condition, f.fault, f.span});
    }
    m.asked.clear();
  }
}

Env Evaluator::inside_define(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  Env inner = env;
  inner.frame = nullptr;
  inner.bound.assign(m_.defines[e.ref].locals.size(), -1);
  for (std::size_t i = 0; i < e.kids.size(); ++i)
    inner.bound[i] = value(*e.kids[i], env, reach, faults);
  if (notes_) note(*m_.defines[e.ref].body, t_.truth(true), reach);
  return inner;
}

SetTerm Evaluator::lazily(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  SetTerm result;
  switch (e.op) {
    case Op::SetSort:
      for (const Value v : elements(e.ref))
        result.members.push_back({t_.constant(v), alive(e.ref, v, *env.state), -1});
      return result;
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing:
      return set_cell(e, env, reach, faults);
    case Op::SetRelation:
      return relation(e, env, reach, faults);
    case Op::SetWhere: {
      result = lazily(*e.kids[0], env, reach, faults);
      for (Member& m : result.members) {
        Env inner = env;
        inner.bind(e.ref, m.value);
        m.in = t_.conj(m.in, value(*e.kids[1], inner, t_.conj(reach, m.in), m.asked));
      }
      return result;
    }
    case Op::SetReversed: {
      result = set(*e.kids[0], env, reach, faults);
      for (Member& m : result.members)
        if (m.key >= 0) m.key = t_.sub(t_.constant(0), m.key);
      if (!result.ordered) std::reverse(result.members.begin(), result.members.end());
      return result;
    }
    case Op::SetBefore: {
      const SetTerm list = set(*e.kids[0], env, reach, faults);
      const Term pivot = value(*e.kids[1], env, reach, faults);
      Term limit = t_.constant(-(1 << 20));  // of a stranger: nothing is before it
      for (const Member& m : list.members)
        limit =
            t_.ite(t_.conj(m.in, t_.eq(m.value, pivot)), m.key < 0 ? t_.constant(0) : m.key, limit);
      result.ordered = list.ordered;
      for (const Member& m : list.members) {
        const Term in = t_.conj(m.in, t_.lt(m.key < 0 ? t_.constant(0) : m.key, limit));
        if (!t_.is_false(in)) result.members.push_back({m.value, in, m.key});
      }
      return result;
    }
    case Op::Define: {
      Env inner = inside_define(e, env, reach, faults);
      return lazily(*m_.defines[e.ref].body, inner, reach, faults);
    }
    case Op::Old: {
      Env old = env;
      if (env.before) old.state = env.before;
      return lazily(*e.kids[0], old, reach, faults);
    }
    case Op::SetEnum:
      for (const auto& kid : e.kids) {
        Member m{-1, t_.truth(true), -1};
        m.value = value(*kid, env, reach, m.asked);
        result.members.push_back(std::move(m));
      }
      return result;
    case Op::Ite: {
      const Term c = value(*e.kids[0], env, reach, faults);
      SetTerm a = lazily(*e.kids[1], env, t_.conj(reach, c), faults);
      SetTerm b = lazily(*e.kids[2], env, t_.conj(reach, t_.negate(c)), faults);
      if (a.ordered != b.ordered) keep_order(a.ordered ? b : a);
      for (Member& m : a.members) m.in = t_.conj(m.in, c);
      for (Member& m : b.members) {
        m.in = t_.conj(m.in, t_.negate(c));
        a.members.push_back(std::move(m));
      }
      return a;
    }
    default:
      return result;
  }
}

void Evaluator::keep_order(SetTerm& set) {
  for (std::size_t i = 0; i < set.members.size(); ++i)
    set.members[i].key = t_.constant(static_cast<Value>(i));
  set.ordered = true;
}

Term Evaluator::contains(const SetTerm& set, Value element) {
  Term in = t_.truth(false);
  for (const Member& m : set.members)
    in = t_.disj(in, t_.conj(m.in, t_.eq(m.value, t_.constant(element))));
  return in;
}

Term Evaluator::stranger(const SetTerm& set, int sort, Term reach) {
  Term some = t_.truth(false);
  for (const Member& m : set.members)
    if (!m_.in_sort(sort, t_[m.value].value - 1)) some = t_.disj(some, m.in);
  return t_.conj(reach, some);
}

Term Evaluator::place(const SetTerm& set, Value element) {
  const auto key_of = [&](std::size_t i) {
    return set.ordered ? set.members[i].key : t_.constant(static_cast<Value>(i));
  };
  const auto is_self = [&](const Member& m) { return t_[m.value].value == element; };
  Term key = -1;
  for (std::size_t i = 0; i < set.members.size(); ++i)
    if (const Member& m = set.members[i]; is_self(m))
      key = key < 0 ? key_of(i) : t_.ite(m.in, key_of(i), key);
  if (key < 0) return t_.constant(0);
  Term place = t_.constant(1);
  for (std::size_t i = 0; i < set.members.size(); ++i)
    if (const Member& m = set.members[i]; !is_self(m))
      place = t_.add(place,
                     t_.ite(t_.conj(m.in, t_.lt(key_of(i), key)), t_.constant(1), t_.constant(0)));
  return t_.ite(contains(set, element), place, t_.constant(0));
}

Term Evaluator::member_of(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  const Term element = value(*e.kids[0], env, reach, faults);
  return holds(*e.kids[1], element, env, reach, faults);
}

Term Evaluator::holds(const Expr& all, Term element, Env& env, Term reach,
                      std::vector<FaultCase>& faults) {
  switch (all.op) {
    case Op::SetWhere: {  // of the members, only this one is asked about
      const Term in = holds(*all.kids[0], element, env, reach, faults);
      if (t_.is_false(in)) return in;
      Env inner = env;
      inner.bind(all.ref, element);
      return t_.conj(in, value(*all.kids[1], inner, t_.conj(reach, in), faults));
    }
    case Op::SetReversed:
      return holds(*all.kids[0], element, env, reach, faults);
    case Op::Define: {
      Env inner = inside_define(all, env, reach, faults);
      return holds(*m_.defines[all.ref].body, element, inner, reach, faults);
    }
    case Op::Ite: {
      const Term c = value(*all.kids[0], env, reach, faults);
      const Term a = holds(*all.kids[1], element, env, t_.conj(reach, c), faults);
      const Term b = holds(*all.kids[2], element, env, t_.conj(reach, t_.negate(c)), faults);
      return t_.ite(c, a, b);
    }
    case Op::Old: {
      Env old = env;
      if (env.before) old.state = env.before;
      return holds(*all.kids[0], element, old, reach, faults);
    }
    default: {
      Term found = t_.truth(false);
      const bool numbers = all.op == Op::SetEnum && !all.kids.empty() &&
                           all.kids[0]->type.kind == model::Type::Kind::Int;
      for (const Member& m : lazily(all, env, reach, faults).members) {
        for (const FaultCase& f : m.asked)
          faults.push_back({t_.conj(t_.negate(found), f.condition), f.fault, f.span});
        if (numbers) compared(m.value, element);
        found = t_.disj(found, t_.conj(m.in, t_.eq(m.value, element)));
      }
      return found;
    }
  }
}

Term Evaluator::quantifier(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  const SetTerm all = lazily(*e.kids[0], env, reach, faults);
  const std::size_t n = all.members.size();
  const bool universal = e.op == Op::All;
  // Of each member: what its body says, the faults on the way there, and whether no later member is
  // asked about, for what it says or because of a fault.
  std::vector<Term> body(n), decides(n, t_.truth(false)), ends(n);
  std::vector<std::vector<FaultCase>> within(n);
  bool faulty = false;
  for (std::size_t i = 0; i < n; ++i) {
    const Member& m = all.members[i];
    Env inner = env;
    inner.bind(e.ref, m.value);
    {
      const Recording silence(*this, nullptr);  // whether it is reached is known further below
      body[i] = value(*e.kids[1], inner, t_.truth(true), within[i]);
    }
    for (FaultCase& f : within[i]) f.condition = t_.conj(m.in, f.condition);
    within[i].insert(within[i].begin(), m.asked.begin(), m.asked.end());
    faulty = faulty || !within[i].empty();
    if (e.op != Op::Count) decides[i] = t_.conj(m.in, universal ? t_.negate(body[i]) : body[i]);
    ends[i] = decides[i];
    for (const FaultCase& f : within[i]) ends[i] = t_.disj(ends[i], f.condition);
  }
  Term open = reach;  // no member before this one has ended it
  for (std::size_t i = 0; i < n && (faulty || recording()); ++i) {
    const Member& m = all.members[i];
    const Term reached = all.ordered ? t_.conj(reach, reaches(all, i, ends)) : open;
    if (recording()) {
      Env inner = env;
      inner.bind(e.ref, m.value);
      std::vector<FaultCase> again;
      value(*e.kids[1], inner, t_.conj(reached, m.in), again);
    }
    for (const FaultCase& f : within[i]) {
      const Term condition = t_.conj(reached, f.condition);
      if (!t_.is_false(condition)) faults.push_back({condition, f.fault, f.span});
    }
    open = t_.conj(open, t_.negate(ends[i]));
  }
  if (e.op == Op::Count) {
    Term sum = t_.constant(0);
    for (std::size_t i = 0; i < n; ++i)
      sum =
          t_.add(sum, t_.ite(t_.conj(all.members[i].in, body[i]), t_.constant(1), t_.constant(0)));
    return sum;
  }
  Term result = t_.truth(universal);
  for (const Term each : decides)
    result = universal ? t_.conj(result, t_.negate(each)) : t_.disj(result, each);
  return result;
}

}  // namespace luproof::checker
