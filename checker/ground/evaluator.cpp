// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ground/evaluator.h"

#include <algorithm>

namespace luproof::checker {

using model::Expr;
using model::Op;
using model::Part;

std::vector<Value> Evaluator::elements(int sort) const {
  std::vector<Value> all;
  const model::Sort& s = m_.sorts[sort];
  for (int i = 0; i < s.size; ++i) all.push_back(s.first + i + 1);
  return all;
}

Term Evaluator::alive(int sort, Value reference, const StepState& state) {
  const int base = m_.base_sort(sort);
  if (!m_.sorts[base].pool) return t_.truth(true);
  return state.read(layout_.find(Part::Alive, base)->base + reference - 1);
}

Term Evaluator::local(int slot, const Env& env) {
  if (static_cast<std::size_t>(slot) < env.bound.size() && env.bound[slot] >= 0)
    return env.bound[slot];
  const int column = env.frame && static_cast<std::size_t>(slot) < env.frame->columns.size()
                         ? env.frame->columns[slot]
                         : -1;
  if (column == kSelf) return t_.constant(layout_.instances()[env.instance].element);
  if (column < 0) return t_.constant(0);
  return env.state->read(s_.column_slot[env.instance] + column);
}

void Evaluator::none_fault(Term reference, Term reach, std::vector<FaultCase>& faults,
                           const model::Span& span) {
  const Term none = t_.conj(reach, t_.eq(reference, t_.constant(0)));
  if (!t_.is_false(none)) faults.push_back({none, Fault::NoneReference, span});
}

std::vector<Evaluator::Place> Evaluator::places_at(int cell, Part part,
                                                   const std::vector<Term>& indices,
                                                   const StepState& state, Term reach,
                                                   std::vector<FaultCase>& faults,
                                                   const model::Span& span, int member) {
  const model::Component& c = *layout_.find(part, cell);
  const auto& sorts = m_.cells[cell].index;
  std::vector<Place> result = {Place{c.base, t_.truth(true)}};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    int stride = 1;
    for (std::size_t k = i + 1; k < c.dims.size(); ++k) stride *= c.dims[k];
    none_fault(indices[i], reach, faults, span);
    Term inside = t_.truth(false), dead = t_.truth(false);
    std::vector<Place> next;
    int offset = 0;
    for (const Value v : elements(sorts[i])) {
      const Term is = t_.eq(indices[i], t_.constant(v));
      inside = t_.disj(inside, is);
      dead = t_.disj(dead, t_.conj(is, t_.negate(alive(sorts[i], v, state))));
      if (!t_.is_false(is))
        for (const Place& p : result)
          next.push_back({p.slot + offset * stride, t_.conj(p.when, is)});
      ++offset;
    }
    const Term outside =
        t_.conj(reach, t_.conj(t_.negate(inside), t_.negate(t_.eq(indices[i], t_.constant(0)))));
    if (!t_.is_false(outside)) faults.push_back({outside, Fault::WrongKind, span});
    dead = t_.conj(reach, dead);
    if (!t_.is_false(dead)) faults.push_back({dead, Fault::StaleReference, span});
    result = std::move(next);
  }
  if (member >= 0)
    for (Place& p : result) p.slot += member;
  return result;
}

std::vector<Evaluator::Place> Evaluator::places(int cell, Part part,
                                                const std::vector<model::ExprPtr>& indices,
                                                Env& env, Term reach,
                                                std::vector<FaultCase>& faults,
                                                const model::Span& span, int member) {
  std::vector<Term> terms;
  for (const auto& index : indices) terms.push_back(value(*index, env, reach, faults));
  return places_at(cell, part, terms, *env.state, reach, faults, span, member);
}

Term Evaluator::read(const std::vector<Place>& places, const StepState& state) {
  if (places.empty()) return t_.constant(0);
  Term result = state.read(places.back().slot);
  for (std::size_t i = places.size() - 1; i-- > 0;)
    result = t_.ite(places[i].when, state.read(places[i].slot), result);
  return result;
}

Term Evaluator::idle(int actor, const StepState& state) {
  Term result = t_.truth(true);
  for (std::size_t i = 0; i < layout_.instances().size(); ++i) {
    if (layout_.instances()[i].actor != actor) continue;
    const Program& program = s_.programs[actor];
    const Term point = state.read(s_.point_slot[i]);
    for (std::size_t p = 0; p < program.points.size(); ++p)
      if (program.points[p].inside && program.points[p].step)
        result = t_.conj(result, t_.negate(t_.eq(point, t_.constant(static_cast<Value>(p)))));
  }
  return result;
}

Term Evaluator::settled(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  const auto held = places(e.ref, Part::Value, e.kids, env, reach, faults, e.span);
  Term result = t_.eq(read(held, *env.state), t_.constant(0));
  for (const Part part : {Part::Readers, Part::Queued}) {
    const model::Component* c = layout_.find(part, e.ref);
    if (!c) continue;
    std::vector<FaultCase> again;
    for (int i = 0; i < static_cast<int>(layout_.instances().size()); ++i)
      result = t_.conj(
          result, t_.eq(read(places(e.ref, part, e.kids, env, reach, again, e.span, i), *env.state),
                        t_.constant(0)));
  }
  return result;
}

Term Evaluator::was(const Expr& e, Env& env) {
  const int sample = (*env.samples)[e.ref];
  const model::Component& c = *layout_.find(Part::Sampled, sample);
  const auto all = elements(m_.claims[env.claim].sort);
  Term result = t_.constant(0);
  for (std::size_t i = all.size(); i-- > 0;)
    result = t_.ite(t_.eq(env.element, t_.constant(all[i])),
                    env.latched->read(c.base + static_cast<int>(i)), result);
  return result;
}

// Relations and constants of the topology: a table over the functions.
Term Evaluator::function_table(const Expr& e, Env& env, Term reach,
                               std::vector<FaultCase>& faults) {
  const Term on = value(*e.kids[0], env, reach, faults);
  none_fault(on, reach, faults, e.span);
  Term result = t_.constant(0);
  const auto& functions = m_.topology.functions;
  for (int i = static_cast<int>(functions.size()); i-- > 0;) {
    const Value v = e.op == Op::Parent ? functions[i].parent + 1
                    : e.op == Op::PfOf ? functions[i].pf + 1
                                       : m_.attribute_value(e.ref, i);
    result = t_.ite(t_.eq(on, t_.constant(i + 1)), t_.constant(v), result);
  }
  return result;
}

Term Evaluator::combined(const Expr& e, Term a, Term b) {
  const bool sums = e.op == Op::Add || e.op == Op::Sub || e.op == Op::Mul;
  if (!sums && e.kids[0]->type.kind == model::Type::Kind::Int) compared(a, b);
  switch (e.op) {
    case Op::Eq:
      return t_.eq(a, b);
    case Op::Ne:
      return t_.negate(t_.eq(a, b));
    case Op::Lt:
      return t_.lt(a, b);
    case Op::Le:
      return t_.le(a, b);
    case Op::Gt:
      return t_.lt(b, a);
    case Op::Ge:
      return t_.le(b, a);
    case Op::Add:
      return t_.add(a, b);
    case Op::Sub:
      return t_.sub(a, b);
    case Op::Mul:
      return t_.mul(a, b);
    case Op::Min:
      return t_.ite(t_.lt(b, a), b, a);
    default:
      return t_.ite(t_.lt(a, b), b, a);
  }
}

void Evaluator::note(const Expr& e, Term result, Term reach) {
  const int key = s_.watch->value(&e, true);
  if (key < 0) return;
  if (e.type.kind != model::Type::Kind::Bool) return keep(key, reach);
  keep(key, t_.conj(reach, result));
  keep(s_.watch->value(&e, false), t_.conj(reach, t_.negate(result)));
}

Term Evaluator::compute(const Expr& e, Env& env, Term reach, std::vector<FaultCase>& faults) {
  auto kid = [&](std::size_t i, Term when) { return value(*e.kids[i], env, when, faults); };
  switch (e.op) {
    case Op::Const:
      return t_.constant(e.value);
    case Op::Local:
      return local(e.ref, env);
    case Op::Cell:
      return read(places(e.ref, Part::Value, e.kids, env, reach, faults, e.span), *env.state);
    case Op::Choice:
      return t_.constant(m_.choices[e.ref].selected);
    case Op::Config: {
      const model::Config& c = m_.configs[e.ref];
      note(Watch::What::Config, e.ref, reach);
      const Term kernel = env.state->read(layout_.find(Part::Kernel, -1)->base);
      return t_.ite(t_.eq(kernel, t_.constant(1)), t_.constant(c.old_value),
                    t_.constant(c.new_value));
    }
    case Op::Attribute:
    case Op::Parent:
    case Op::PfOf:
      return function_table(e, env, reach, faults);
    case Op::KernelNumber:
      return env.state->read(layout_.find(Part::Kernel, -1)->base);
    case Op::Panicked:
      return env.state->read(layout_.find(Part::Panicked, -1)->base);
    case Op::Define: {
      Env inner = env;
      inner.frame = nullptr;
      inner.bound.assign(m_.defines[e.ref].locals.size(), -1);
      for (std::size_t i = 0; i < e.kids.size(); ++i) inner.bound[i] = kid(i, reach);
      return value(*m_.defines[e.ref].body, inner, reach, faults);
    }
    case Op::Not:
      return t_.negate(kid(0, reach));
    case Op::And:
    case Op::Or:
    case Op::Implies: {
      const Term a = kid(0, reach);
      const Term on = e.op == Op::Or ? t_.negate(a) : a;
      // What is never looked at has no faults: quantifiers over pairs of elements live from this.
      if (t_.is_false(on) && !recording()) return t_.truth(e.op != Op::And);
      const Term b = kid(1, t_.conj(reach, on));
      return e.op == Op::And  ? t_.conj(a, b)
             : e.op == Op::Or ? t_.disj(a, b)
                              : t_.disj(t_.negate(a), b);
    }
    case Op::Eq:
    case Op::Ne:
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge:
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Min:
    case Op::Max: {
      const Term a = kid(0, reach);  // the left one is asked first
      return combined(e, a, kid(1, reach));
    }
    case Op::Neg:
      return t_.sub(t_.constant(0), kid(0, reach));
    case Op::ShiftRight:
      return t_.shift(kid(0, reach), e.ref);
    case Op::Ite: {
      const Term c = kid(0, reach);
      const Term a = kid(1, t_.conj(reach, c));
      return t_.ite(c, a, kid(2, t_.conj(reach, t_.negate(c))));
    }
    case Op::In:
      return member_of(e, env, reach, faults);
    case Op::Is: {
      const Term on = kid(0, reach);
      Term result = t_.truth(false);
      for (const Value v : elements(e.ref)) result = t_.disj(result, t_.eq(on, t_.constant(v)));
      return result;
    }
    case Op::Alive: {
      const Term on = kid(0, reach);
      Term result = t_.truth(false);
      const int sort = m_.base_sort(e.kids[0]->type.id);
      for (const Value v : elements(sort))
        result = t_.disj(result, t_.conj(t_.eq(on, t_.constant(v)), alive(sort, v, *env.state)));
      return result;
    }
    case Op::All:
    case Op::Exists:
    case Op::Count:
      return quantifier(e, env, reach, faults);
    case Op::Last: {
      const SetTerm list = set(*e.kids[0], env, reach, faults);
      Term newest = t_.constant(0), key = t_.constant(-1);
      for (const Member& m : list.members) {
        const Term better = t_.conj(m.in, t_.lt(key, m.key < 0 ? t_.constant(0) : m.key));
        newest = t_.ite(better, m.value, newest);
        key = t_.ite(better, m.key < 0 ? t_.constant(0) : m.key, key);
      }
      return newest;
    }
    case Op::Received:
    case Op::Outgoing: {
      const bool in = e.op == Op::Received;
      const auto present = places(e.ref, in ? Part::InPresent : Part::OutPresent, e.kids, env,
                                  reach, faults, e.span);
      const Term absent = t_.conj(reach, t_.negate(read(present, *env.state)));
      if (!t_.is_false(absent)) faults.push_back({absent, Fault::AbsentHandover, e.span});
      std::vector<FaultCase> again;
      return read(
          places(e.ref, in ? Part::InValue : Part::OutValue, e.kids, env, reach, again, e.span),
          *env.state);
    }
    case Op::Handed:
      return read(places(e.ref, Part::InPresent, e.kids, env, reach, faults, e.span), *env.state);
    case Op::Restored:
      return read(places(e.ref, Part::InRestored, e.kids, env, reach, faults, e.span), *env.state);
    case Op::Written:
      return read(places(e.ref, Part::OutPresent, e.kids, env, reach, faults, e.span), *env.state);
    case Op::Was:
      return was(e, env);
    case Op::Old: {
      Env old = env;
      if (env.before) old.state = env.before;
      return value(*e.kids[0], old, reach, faults);
    }
    case Op::Idle:
      return idle(e.ref, *env.state);
    case Op::Settled:
      return settled(e, env, reach, faults);
    case Op::SetSort:
    case Op::SetCell:
    case Op::SetRelation:
    case Op::SetWhere:
    case Op::SetReversed:
    case Op::SetBefore:
    case Op::SetEnum:
    case Op::SetReceived:
    case Op::SetOutgoing:
      break;
  }
  return t_.constant(0);
}

}  // namespace luproof::checker
