// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/kleene.h"

#include <algorithm>
#include <limits>

namespace luproof::traces {

using model::Expr;
using model::Op;

namespace {

constexpr int kDeepestDefinition = 200;
const Known kTrue = known(1);
const Known kFalse = known(0);

Known negated(const Known& a) { return a.known() ? known(a.value == 0 ? 1 : 0, a.source) : a; }

Known both(const Known& a, const Known& b) {
  if (a.is(0) || b.is(0)) return kFalse;
  return a.known() && b.known() ? kTrue : Known{};
}

}  // namespace

std::optional<int> Kleene::slot(const Expr& cell, Frame& frame) const {
  const model::Component* const at = layout_.find(model::Part::Value, cell.ref);
  const model::Cell& declared = model_.cells[cell.ref];
  if (at == nullptr || declared.kind != model::CellKind::Data) return std::nullopt;
  int offset = 0;
  for (std::size_t i = 0; i < declared.index.size(); ++i) {
    const Known index = value(*cell.kids[i], frame);
    if (!index.known() || index.value <= 0) return std::nullopt;
    const int place = layout_.offset_in(declared.index[i], index.value - 1);
    if (place < 0) return std::nullopt;
    offset = offset * layout_.sort_size(declared.index[i]) + place;
  }
  return at->base + offset;
}

Frame Kleene::arguments(const Expr& define, Frame& frame) const {
  Frame inner(model_.defines[define.ref].locals.size());
  for (std::size_t i = 0; i < define.kids.size(); ++i)
    bind(inner, static_cast<int>(i), value(*define.kids[i], frame));
  return inner;
}

Known Kleene::value(const Expr& expr, Frame& frame) const {
  switch (expr.op) {
    case Op::Const:
      return known(expr.value);
    case Op::Local:
      return static_cast<std::size_t>(expr.ref) < frame.size() ? frame[expr.ref] : Known{};
    case Op::Cell: {
      const std::optional<int> at = slot(expr, frame);
      return at ? state_[*at] : Known{};
    }
    case Op::Choice: {
      const int selected = model_.choices[expr.ref].selected;
      return selected < 0 ? Known{} : known(selected);
    }
    case Op::Config: {
      const model::Config& config = model_.configs[expr.ref];
      return config.old_value == config.new_value ? known(config.old_value) : Known{};
    }
    case Op::KernelNumber:
      return known(kernel_);
    case Op::Define: {
      if (depth_ >= kDeepestDefinition) return {};
      Frame inner = arguments(expr, frame);
      ++depth_;
      const Known result = value(*model_.defines[expr.ref].body, inner);
      --depth_;
      return result;
    }
    case Op::Attribute:
    case Op::Parent:
    case Op::PfOf:
      return fact(expr, frame);
    case Op::In:
      return contains(expr, frame);
    case Op::Is: {
      const Known element = value(*expr.kids[0], frame);
      if (!element.known()) return {};
      return known(element.value > 0 && model_.in_sort(expr.ref, element.value - 1) ? 1 : 0);
    }
    case Op::All:
    case Op::Exists:
    case Op::Count:
      return quantifier(expr, frame);
    case Op::Was:
      return samples_ != nullptr && static_cast<std::size_t>(expr.ref) < samples_->size()
                 ? (*samples_)[expr.ref]
                 : Known{};
    case Op::Not:
    case Op::And:
    case Op::Or:
    case Op::Implies:
    case Op::Ite:
      return logic(expr, frame);
    case Op::Eq:
    case Op::Ne:
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge:
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Min:
    case Op::Max:
      return arithmetic(expr, frame);
    default:
      return {};  // handover, pools, locks and actors leave no trace of their own
  }
}

Known Kleene::logic(const Expr& expr, Frame& frame) const {
  const Known first = value(*expr.kids[0], frame);
  if (expr.op == Op::Not) return negated(first);
  if (expr.op == Op::Ite) {
    if (first.known()) return value(*expr.kids[first.value != 0 ? 1 : 2], frame);
    return join(value(*expr.kids[1], frame), value(*expr.kids[2], frame));
  }
  const Known second = value(*expr.kids[1], frame);
  if (expr.op == Op::And) return both(first, second);
  if (expr.op == Op::Or) return negated(both(negated(first), negated(second)));
  return negated(both(first, negated(second)));
}

Known Kleene::arithmetic(const Expr& expr, Frame& frame) const {
  const Known first = value(*expr.kids[0], frame);
  const Known second = expr.kids.size() > 1 ? value(*expr.kids[1], frame) : kFalse;
  if (!first.known() || !second.known()) return {};
  const std::int64_t a = first.value;
  const std::int64_t b = second.value;
  std::int64_t result = 0;
  switch (expr.op) {
    case Op::Eq:
      result = a == b;
      break;
    case Op::Ne:
      result = a != b;
      break;
    case Op::Lt:
      result = a < b;
      break;
    case Op::Le:
      result = a <= b;
      break;
    case Op::Gt:
      result = a > b;
      break;
    case Op::Ge:
      result = a >= b;
      break;
    case Op::Add:
      result = a + b;
      break;
    case Op::Sub:
      result = a - b;
      break;
    case Op::Mul:
      result = a * b;
      break;
    case Op::Neg:
      result = -a;
      break;
    case Op::Min:
      result = std::min(a, b);
      break;
    default:
      result = std::max(a, b);
      break;
  }
  const bool fits =
      result >= std::numeric_limits<Value>::min() && result <= std::numeric_limits<Value>::max();
  return fits ? known(static_cast<Value>(result)) : Known{};
}

Known Kleene::quantifier(const Expr& expr, Frame& frame) const {
  const Members set = members(*expr.kids[0], frame);
  if (!set) return {};
  Value count = 0;
  bool open = false;  // a member may hold, or may be none
  for (const Member& member : *set) {
    bind(frame, expr.ref, known(member.value));
    const Known holds = value(*expr.kids[1], frame);
    if (expr.op == Op::All && holds.is(0) && member.certain) return kFalse;
    if (expr.op == Op::Exists && holds.known() && holds.value != 0 && member.certain) return kTrue;
    const bool decided = holds.is(expr.op == Op::All ? 1 : 0);  // whether it is a member or not
    open = open || (!decided && (!holds.known() || !member.certain));
    count += holds.known() && holds.value != 0 ? 1 : 0;
  }
  if (open) return {};
  return expr.op == Op::Count ? known(count) : expr.op == Op::All ? kTrue : kFalse;
}

// A fact of the topology about one function.
Known Kleene::fact(const Expr& expr, Frame& frame) const {
  const Known function = value(*expr.kids[0], frame);
  if (!function.known() || function.value <= 0) return {};
  const model::PciFunction& at = model_.topology.functions[function_of(function.value)];
  if (expr.op == Op::Parent) return known(reference(at.parent));
  if (expr.op == Op::PfOf) return known(reference(at.pf));
  return known(model_.attribute_value(expr.ref, function_of(function.value)));
}

Known Kleene::contains(const Expr& expr, Frame& frame) const {
  const Known element = value(*expr.kids[0], frame);
  const Members set = members(*expr.kids[1], frame);
  if (!element.known() || !set) return {};
  for (const Member& member : *set)
    if (member.value == element.value) return member.certain ? kTrue : Known{};
  return kFalse;
}

Members Kleene::members(const Expr& set, Frame& frame) const {
  std::vector<Member> found;
  switch (set.op) {
    case Op::SetSort: {
      const model::Sort& sort = model_.sorts[set.ref];
      if (sort.pool) return std::nullopt;
      for (int e = 0; e < sort.size; ++e) found.push_back({reference(sort.first + e)});
      return found;
    }
    case Op::SetRelation: {
      const Known function = value(*set.kids[0], frame);
      if (!function.known() || function.value <= 0) return std::nullopt;
      for (int other :
           model_.related(static_cast<model::Relation>(set.ref), function_of(function.value)))
        found.push_back({reference(other)});
      return found;
    }
    case Op::SetWhere: {
      const Members all = members(*set.kids[0], frame);
      if (!all) return std::nullopt;
      for (const Member& member : *all) {
        bind(frame, set.ref, known(member.value));
        const Known in = value(*set.kids[1], frame);
        if (!in.is(0)) found.push_back({member.value, member.certain && in.known()});
      }
      return found;
    }
    case Op::SetEnum:
      for (const auto& kid : set.kids) {
        const Known member = value(*kid, frame);
        if (!member.known()) return std::nullopt;
        found.push_back({member.value});
      }
      return found;
    case Op::Define: {
      if (depth_ >= kDeepestDefinition) return std::nullopt;
      Frame inner = arguments(set, frame);
      ++depth_;
      Members result = members(*model_.defines[set.ref].body, inner);
      --depth_;
      return result;
    }
    default:
      return std::nullopt;  // lists and sets that the kernel keeps
  }
}

}  // namespace luproof::traces
