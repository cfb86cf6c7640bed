// SPDX-License-Identifier: GPL-2.0-or-later
// What an expression reads, with the definitions in it.
//
// A definition is a text that is read again wherever it is used, so a short spec can stand for an
// expression of any size. The facts of a definition are kept, and its size is bounded.
#include <fmt/format.h>

#include <algorithm>

#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr std::int64_t kMaximumWeight = 200'000;
constexpr int kMaximumHeight = 1000;

}  // namespace

Resolver::Facts Resolver::facts(const ExprPtr& e) const {
  Facts all;
  if (!e) return all;
  auto merge = [&](const Facts& other) {
    all.shared = all.shared || other.shared;
    all.monitors = all.monitors || other.monitors;
    all.boots = all.boots && other.boots;
    all.cells.insert(other.cells.begin(), other.cells.end());
    all.weight = std::min(all.weight + other.weight, kMaximumWeight + 1);
    all.height = std::max(all.height, other.height + 1);
  };
  switch (e->op) {
    case Op::Cell:
    case Op::SetCell: {
      const Life life = m_.cells[e->ref].life;
      all.shared = life != Life::Given;
      all.monitors = life == Life::History;
      all.boots = life != Life::Kernel && life != Life::Userspace;
      all.cells.insert(e->ref);
      break;
    }
    case Op::SetSort:
      all.shared = m_.sorts[m_.base_sort(e->ref)].pool;
      break;
    case Op::Outgoing:
    case Op::Written:
    case Op::SetOutgoing:
      all.shared = true;
      all.boots = false;
      break;
    case Op::Alive:
    case Op::Received:
    case Op::Handed:
    case Op::Restored:
    case Op::SetReceived:
    case Op::Panicked:
      all.shared = true;
      break;
    case Op::Idle:
    case Op::Settled:
      all.monitors = true;
      break;
    case Op::Define:
      merge(define_facts_[e->ref]);
      break;
    default:
      break;
  }
  for (const ExprPtr& kid : e->kids) merge(facts(kid));
  return all;
}

bool Resolver::shared(const ExprPtr& e) const { return facts(e).shared; }

void Resolver::keep_facts(int define) {
  Define& d = m_.defines[define];
  define_facts_[define] = facts(d.body);
  if (define_facts_[define].weight <= kMaximumWeight &&
      define_facts_[define].height <= kMaximumHeight)
    return;
  fail(d.origin.span, fmt::format("'{}' is too large with the definitions that it uses", d.name));
  d.body = nullptr;
  define_facts_[define] = Facts{};
}

bool Resolver::reads_only(const ExprPtr& e, int local, std::set<int> bound) const {
  if (!e) return true;
  if (e->op == Op::Local) return e->ref == local || bound.count(e->ref) > 0;
  const bool binds =
      e->op == Op::All || e->op == Op::Exists || e->op == Op::Count || e->op == Op::SetWhere;
  if (binds) bound.insert(e->ref);
  return std::all_of(e->kids.begin(), e->kids.end(),
                     [&](const ExprPtr& kid) { return reads_only(kid, local, bound); });
}

bool Resolver::is_list(const ExprPtr& e) const {
  switch (e->op) {
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing:
      return m_.cells[e->ref].kind == CellKind::List;
    case Op::SetReversed:
    case Op::SetBefore:
    case Op::SetWhere:
    case Op::Old:
      return is_list(e->kids[0]);
    case Op::Ite:
      return is_list(e->kids[1]) && is_list(e->kids[2]);
    case Op::Define:
      return is_list(m_.defines[e->ref].body);
    default:
      return false;
  }
}

// Whether the constant e is one of the type's values; what is computed is looked at in a run.
bool Resolver::fits(const ExprPtr& e, const Type& type) const {
  if (!e) return true;
  if (e->op == Op::Ite) return fits(e->kids[1], type) && fits(e->kids[2], type);
  const bool negative = e->op == Op::Neg && e->kids[0]->op == Op::Const;
  if (e->op != Op::Const && !negative) return true;
  const Value value = negative ? -e->kids[0]->value : e->value;
  if (type.kind == Type::Kind::Int) return value >= type.low && value <= type.high;
  if (type.kind == Type::Kind::Ref && value > 0 && type.id >= 0)
    return m_.in_sort(type.id, value - 1);
  return true;
}

}  // namespace luproof::model
