// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/depth.h"

#include <algorithm>
#include <map>

namespace luproof::checker {
namespace {

using model::Expr;
using model::Op;
using model::StmtKind;

constexpr int kEvery = 1000;  // of a number that is compared with no constant

class Depth {
 public:
  Depth(const model::Model& model, int sort) : m_(model), sort_(sort) {}

  Quantified run() {
    for (const auto& d : m_.defines) see(d.body);
    for (const auto& p : m_.procedures) most_ = std::max(most_, of(p.body));
    for (const auto& a : m_.actors) most_ = std::max(most_, of(a.body));
    for (const auto& e : m_.events) {
      see(e.when);
      most_ = std::max(most_, of(e.body));
    }
    for (const auto& c : m_.claims) {
      see(c.from);
      see(c.until);
    }
    for (const auto& s : m_.samples) see(s.expr);
    for (const auto& p : m_.properties) {
      see(p.from);
      see(p.to);
      for (const auto& clause : p.clauses)  // its own element is one more
        most_ = std::max({most_, of(clause.bad) + 1, of(clause.set) + 1});
    }
    for (const auto& a : m_.assumptions) see(a.expr);
    for (const auto& c : m_.cells) {
      see(c.cold);
      see(c.boot);
    }
    deepest_.depth = most_;
    return deepest_;
  }

 private:
  void see(const model::ExprPtr& e) { most_ = std::max(most_, of(e)); }

  bool ours(const model::ExprPtr& set) const {
    const model::Type& type = set->type;
    return type.kind == model::Type::Kind::Set && (type.id < 0 || m_.base_sort(type.id) == sort_);
  }

  // The set may have members of the sort that are interchangeable.
  bool may_hold(const model::ExprPtr& set) const {
    if (!ours(set) || set->type.id < 0 || sort_ != m_.base_sort(model::kFunction)) return ours(set);
    return may_be_vf(set->type.id);
  }

  bool may_be_vf(int sort) const {
    const auto& functions = m_.topology.functions;
    for (std::size_t i = 0; i < functions.size(); ++i)
      if (functions[i].kind == model::FunctionKind::Vf &&
          (sort < 0 || m_.in_sort(sort, static_cast<int>(i))))
        return true;
    return false;
  }

  // Whether there are more than `number` takes one more than that to tell, and as many to be no
  // matter of how many there can be.
  int witnesses(model::Value number, const model::Span& span) {
    const int needed = std::clamp(number, 0, kEvery) + 2;
    if (needed > counted_) {
      counted_ = needed;
      deepest_.counts = span;
      deepest_.every = number >= kEvery;
    }
    return needed;
  }

  int of(const model::ExprPtr& e) {
    if (!e) return 0;
    if (e->op >= Op::Eq && e->op <= Op::Ge)
      for (const int side : {0, 1})
        if (const Expr& sum = *e->kids[side], &number = *e->kids[1 - side];
            sum.op == Op::Count && number.op == Op::Const && may_hold(sum.kids[0]))
          return std::max(of(sum.kids[0]), of(sum.kids[1])) + witnesses(number.value, e->span);
    int most = 0;
    for (const auto& kid : e->kids) most = std::max(most, of(kid));
    switch (e->op) {
      case Op::Attribute:
        if (const std::string& name = m_.attributes[e->ref]; name == "bus" || name == "devfn")
          deepest_.address = deepest_.address || may_be_vf(e->kids[0]->type.id);
        return most;
      case Op::Count:
        return most + (may_hold(e->kids[0]) ? witnesses(kEvery, e->span) : 0);
      case Op::All:
      case Op::Exists:
      case Op::SetWhere:
        return most + (ours(e->kids[0]) ? 1 : 0);
      case Op::In:
        return most + (ours(e->kids[1]) ? 1 : 0);
      case Op::Define: {
        const auto known = defines_.find(e->ref);
        if (known != defines_.end()) return most + known->second;
        defines_[e->ref] = 0;
        const int body = of(m_.defines[e->ref].body);
        defines_[e->ref] = body;
        return most + body;
      }
      default:
        return most;
    }
  }

  int of(const model::Block& block) {
    int most = 0;
    for (const auto& s : block) most = std::max(most, of(*s));
    return most;
  }

  int of(const model::Stmt& s) {
    int most = 0;
    for (const auto& e : s.values) most = std::max(most, of(e));
    for (const auto& e : s.targets) most = std::max(most, of(e));
    most = std::max(most, of(s.order_key));
    int inner = std::max(of(s.body), of(s.orelse));
    for (const auto& alternative : s.alternatives) inner = std::max(inner, of(alternative));
    if (s.kind == StmtKind::Fire) inner = std::max(inner, of(m_.events[s.ref].body));
    const bool each = s.kind == StmtKind::Each && s.values[0] && ours(s.values[0]);
    return std::max(most, inner) + (each ? 1 : 0);
  }

  const model::Model& m_;
  int sort_;
  int most_ = 0, counted_ = 0;
  Quantified deepest_;
  std::map<int, int> defines_;
};

}  // namespace

Quantified quantifier_depth(const model::Model& model, int base_sort) {
  return Depth(model, base_sort).run();
}

}  // namespace luproof::checker
