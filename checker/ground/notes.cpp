// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ground/notes.h"

#include <algorithm>

namespace luproof::checker {

using model::Expr;
using model::Op;
using model::StmtKind;

Watch::Watch(const model::Model& model) {
  int next = 0;
  auto watch = [&](const Expr* e) {
    if (e && values_.emplace(e, next).second) ++next;
  };
  for (const model::Define& d : model.defines) {
    watch(d.body.get());
    for (const Expr* piece : pieces_of(d)) watch(piece);
  }
  for (const model::Event& e : model.events) watch(e.when.get());
  for (const model::Stmt* s : model.statement_by_id)
    if (s) watch(guard_of(*s));
  keys_ = 2 * next;
  const std::array<std::size_t, 8> sizes = {model.statement_by_id.size(), model.events.size(),
                                            model.procedures.size(),      model.acts.size(),
                                            model.configs.size(),         model.actors.size(),
                                            model.claims.size(),          model.properties.size()};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    base_[i] = keys_;
    keys_ += static_cast<int>(sizes[i]);
  }
}

const Expr* guard_of(const model::Stmt& s) {
  const bool guards =
      s.kind == StmtKind::If || s.kind == StmtKind::Check || s.kind == StmtKind::Wait;
  return guards && !s.values.empty() ? s.values[0].get() : nullptr;
}

std::vector<const Expr*> pieces_of(const model::Define& define) {
  std::vector<const Expr*> pieces;
  const Expr* e = define.body.get();
  if (!e) return pieces;
  // The loader joins extensions to what they extend by nodes that stand at the declaration's key.
  const model::Span& key = define.origin.span;
  while ((e->op == Op::And || e->op == Op::Or) && e->span.source == key.source &&
         e->span.line == key.line && e->span.column == key.column) {
    pieces.push_back(e->kids[1].get());
    e = e->kids[0].get();
  }
  pieces.push_back(e);
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

}  // namespace luproof::checker
