// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/lint_uses.h"

namespace luproof::checker {
namespace {

using model::Block;
using model::Expr;
using model::ExprPtr;
using model::Op;
using model::Stmt;
using model::StmtKind;

class Walk {
 public:
  explicit Walk(const model::Model& model) : m_(model) {}

  References run() {
    for (const model::Cell& c : m_.cells) {
      type(c.type);
      expression(c.cold);
      expression(c.boot);
      // A count that reaches zero calls; nobody has to read it.
      if (c.at_zero >= 0) r_.cells_read.insert(static_cast<int>(&c - m_.cells.data()));
    }
    for (const model::Config& c : m_.configs) type(c.type);
    for (const model::Define& d : m_.defines) {
      types(d.locals);
      expression(d.body);
    }
    for (const model::Event& e : m_.events) {
      if (e.act >= 0) r_.acts.insert(e.act);
      expression(e.when);
      code(e.body, e.locals);
    }
    for (const model::Procedure& p : m_.procedures) {
      type(p.result);
      code(p.body, p.locals);
    }
    for (const model::Actor& a : m_.actors) code(a.body, a.locals);
    for (const model::Claim& c : m_.claims) {
      expression(c.from);
      expression(c.until);
    }
    for (const model::Sample& s : m_.samples) expression(s.expr);
    for (const model::Property& p : m_.properties) {
      expression(p.from);
      expression(p.to);
      for (const model::Clause& clause : p.clauses) {
        expression(clause.set);
        expression(clause.bad);
      }
    }
    for (const model::Assumption& a : m_.assumptions) expression(a.expr);
    return std::move(r_);
  }

 private:
  void type(const model::Type& t) {
    if (t.kind == model::Type::Kind::Enum) r_.enums.insert(t.id);
  }
  void types(const std::vector<model::Local>& locals) {
    for (const model::Local& l : locals) type(l.type);
  }

  void expression(const ExprPtr& e) {
    if (!e) return;
    switch (e->op) {
      case Op::Define:
        r_.defines.insert(e->ref);
        break;
      case Op::Config:
        r_.configs.insert(e->ref);
        break;
      case Op::Local:
        locals_.insert(e->ref);
        break;
      case Op::Cell:
      case Op::SetCell:
      case Op::Received:
      case Op::Handed:
      case Op::Restored:
      case Op::Outgoing:
      case Op::Written:
      case Op::SetReceived:
      case Op::SetOutgoing:
      case Op::Settled:
        r_.cells_read.insert(e->ref);
        break;
      default:
        break;
    }
    for (const ExprPtr& kid : e->kids) expression(kid);
  }

  void code(const Block& block, const std::vector<model::Local>& locals) {
    types(locals);
    locals_.clear();
    lets_.clear();
    for (const auto& s : block) statement(*s);
    for (const Stmt* let : lets_)
      if (!locals_.count(let->local)) r_.unread.insert(let);
  }

  void statement(const Stmt& s) {
    for (const ExprPtr& target : s.targets) {
      if (target->op == Op::Local) continue;
      const bool lock =
          s.kind == StmtKind::Lock || s.kind == StmtKind::Unlock || s.kind == StmtKind::With;
      (lock ? r_.cells_read : r_.cells_written).insert(target->ref);
      for (const ExprPtr& index : target->kids) expression(index);
    }
    for (const ExprPtr& value : s.values) expression(value);
    expression(s.order_key);
    if (s.kind == StmtKind::MayFail) r_.acts.insert(s.ref);
    if (s.declares && (s.kind == StmtKind::Let || s.kind == StmtKind::Call)) lets_.push_back(&s);
    if (s.undo) statement(*s.undo);
    for (const Block* inner : {&s.body, &s.orelse})
      for (const auto& one : *inner) statement(*one);
    for (const Block& alternative : s.alternatives)
      for (const auto& one : alternative) statement(*one);
  }

  const model::Model& m_;
  References r_;
  std::set<int> locals_;
  std::vector<const Stmt*> lets_;
};

}  // namespace

References references(const model::Model& model) { return Walk(model).run(); }

}  // namespace luproof::checker
