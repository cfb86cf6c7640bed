// SPDX-License-Identifier: GPL-2.0-or-later
// Small makers that the files of the resolver share.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "model/model.h"

namespace luproof::model {

inline Type boolean_type() { return Type{Type::Kind::Bool, -1, 0, 1, false}; }
inline Type integer(std::int64_t low, std::int64_t high) {
  const std::int64_t edge = 1 << 30;
  return Type{Type::Kind::Int, -1, static_cast<Value>(std::clamp(low, -edge, edge)),
              static_cast<Value>(std::clamp(high, -edge, edge)), false};
}
inline Type reference(int sort, bool nullable) {
  return Type{Type::Kind::Ref, sort, 0, 0, nullable};
}
inline Type set_of(int sort) { return Type{Type::Kind::Set, sort, 0, 0, false}; }

inline std::shared_ptr<Expr> node(Op op, Type type, const Span& span,
                                  std::vector<ExprPtr> kids = {}, int ref = -1) {
  auto e = std::make_shared<Expr>();
  e->op = op;
  e->type = type;
  e->span = span;
  e->kids = std::move(kids);
  e->ref = ref;
  return e;
}

}  // namespace luproof::model
