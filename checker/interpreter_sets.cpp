// SPDX-License-Identifier: GPL-2.0-or-later
// Sets: their members in order, and membership. Members are found one at a time, because a
// quantifier that is decided looks at no further ones.
#include <algorithm>

#include "checker/interpreter_evaluate.h"

namespace luproof::checker::plain {

bool ordered(const World& world, const Expr& set) {
  switch (set.op) {
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing:
      return world.model.cells[set.ref].kind == CellKind::List;
    case Op::SetReversed:
    case Op::SetBefore:
    case Op::SetWhere:
    case Op::Old:
      return ordered(world, *set.kids[0]);
    case Op::Define:
      return ordered(world, *world.model.defines[set.ref].body);
    case Op::Ite:
      return ordered(world, *set.kids[1]) && ordered(world, *set.kids[2]);
    default:
      return false;
  }
}

int Evaluator::set_slot(const Expr& set) {
  const auto at = indices(set);
  if (!at) return -1;
  if (set.op == Op::SetCell) return world_.row(Part::Value, set.ref, *at);
  const bool received = set.op == Op::SetReceived;
  const Part present = received ? Part::InPresent : Part::OutPresent;
  if ((*view_.data)[world_.row(present, set.ref, *at)] == 0) {
    fail(Fault::AbsentHandover, set.span);
    return -1;
  }
  return world_.row(received ? Part::InValue : Part::OutValue, set.ref, *at);
}

std::vector<Value> Evaluator::relation(const Expr& set) {
  const Value function = value(*set.kids[0]);
  if (failed()) return {};
  if (function == 0) {
    fail(Fault::NoneReference, set.span);
    return {};
  }
  std::vector<Value> members =
      world_.related(*view_.data, static_cast<model::Relation>(set.ref), function - 1);
  for (Value& member : members) ++member;
  return members;
}

std::vector<Value> Evaluator::members(const Expr& set) {
  std::vector<Value> all;
  each(set, [&](Value member) {
    all.push_back(member);
    return true;
  });
  return all;
}

bool Evaluator::each(const Expr& set, const Visit& visit) {
  if (failed()) return false;
  const auto visit_all = [&](const std::vector<Value>& all) {
    return std::all_of(all.begin(), all.end(), [&](Value m) { return !failed() && visit(m); });
  };
  switch (set.op) {
    case Op::SetSort:
      for (int e = 0; e < world_.model.sorts[set.ref].size; ++e) {
        const Value member = world_.reference(set.ref, e);
        if (!world_.alive(*view_.data, set.ref, member)) continue;
        if (!visit(member) || failed()) return false;
      }
      return true;
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing: {
      const int slot = set_slot(set);
      return slot >= 0 && visit_all(world_.members(*view_.data, set.ref, slot));
    }
    case Op::SetRelation:
      return visit_all(relation(set));
    case Op::SetWhere:
      return each(*set.kids[0], [&](Value member) {
        bind(set.ref, member);
        const bool in = truth(*set.kids[1]);
        return !failed() && (!in || visit(member));
      });
    case Op::SetReversed: {
      std::vector<Value> all = members(*set.kids[0]);
      std::reverse(all.begin(), all.end());
      return !failed() && visit_all(all);
    }
    case Op::SetBefore: {
      std::vector<Value> all = members(*set.kids[0]);
      const Value limit = value(*set.kids[1]);
      const auto end = std::find(all.begin(), all.end(), limit);
      // Nothing is older than a stranger.
      all.erase(end == all.end() ? all.begin() : end, all.end());
      return !failed() && visit_all(all);
    }
    case Op::SetEnum: {
      std::vector<Value> seen;
      for (const auto& kid : set.kids) {
        const Value member = value(*kid);
        if (failed()) return false;
        if (std::find(seen.begin(), seen.end(), member) != seen.end()) continue;
        seen.push_back(member);
        if (!visit(member)) return false;
      }
      return true;
    }
    case Op::Define:
      return with_define(set, [&](const Expr& body, std::vector<Value>& outer) {
        return each(body, [&](Value member) {
          std::swap(locals_, outer);
          const bool more = visit(member);
          std::swap(locals_, outer);
          return more;
        });
      });
    case Op::Ite: {
      const bool condition = truth(*set.kids[0]);
      return !failed() && each(*set.kids[condition ? 1 : 2], visit);
    }
    case Op::Old:
      return with_old([&] {
        return each(*set.kids[0],
                    [&](Value member) { return with_old([&] { return visit(member); }); });
      });
    default:
      fail(Fault::OutOfRange, set.span);
      return false;
  }
}

bool Evaluator::contains(const Expr& set, Value member) {
  if (failed()) return false;
  switch (set.op) {
    case Op::SetSort:
      return world_.offset(set.ref, member) >= 0 && world_.alive(*view_.data, set.ref, member);
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing: {
      const int slot = set_slot(set);
      if (slot < 0) return false;
      const int at = world_.offset(world_.model.cells[set.ref].type.id, member);
      return at >= 0 && (*view_.data)[slot + at] != 0;
    }
    case Op::SetWhere:  // of the members, only this one is asked about
      if (!contains(*set.kids[0], member)) return false;
      bind(set.ref, member);
      return truth(*set.kids[1]);
    case Op::SetReversed:
      return contains(*set.kids[0], member);
    case Op::Define:
      return with_define(
          set, [&](const Expr& body, std::vector<Value>&) { return contains(body, member); });
    case Op::Ite: {
      const bool condition = truth(*set.kids[0]);
      return !failed() && contains(*set.kids[condition ? 1 : 2], member);
    }
    case Op::Old:
      return with_old([&] { return contains(*set.kids[0], member); });
    default: {
      bool found = false;
      each(set, [&](Value one) {
        found = one == member;
        return !found;
      });
      return found;
    }
  }
}

}  // namespace luproof::checker::plain
