// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/depth.h"

#include <algorithm>
#include <map>

namespace luproof::checker {
namespace {

using model::Op;
using model::StmtKind;

class Depth {
 public:
  Depth(const model::Model& model, int sort) : m_(model), sort_(sort) {}

  int run() {
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
    return most_;
  }

 private:
  void see(const model::ExprPtr& e) { most_ = std::max(most_, of(e)); }

  bool ours(const model::ExprPtr& set) const {
    const model::Type& type = set->type;
    return type.kind == model::Type::Kind::Set && (type.id < 0 || m_.base_sort(type.id) == sort_);
  }

  int of(const model::ExprPtr& e) {
    if (!e) return 0;
    int most = 0;
    for (const auto& kid : e->kids) most = std::max(most, of(kid));
    switch (e->op) {
      case Op::All:
      case Op::Exists:
      case Op::Count:
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
  int most_ = 0;
  std::map<int, int> defines_;
};

}  // namespace

int quantifier_depth(const model::Model& model, int base_sort) {
  return Depth(model, base_sort).run();
}

}  // namespace luproof::checker
