// SPDX-License-Identifier: GPL-2.0-or-later
// Small makers that the files of the resolver share.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "model/model.h"
#include "model/yaml_tree.h"

namespace luproof::model {

inline Type boolean_type() { return Type{Type::Kind::Bool, -1, 0, 1, false}; }
inline Type integer(std::int64_t low, std::int64_t high) {
  const std::int64_t edge = 1 << 30;
  return Type{Type::Kind::Int, -1, static_cast<Value>(std::clamp(low, -edge, edge)),
              static_cast<Value>(std::clamp(high, -edge, edge)), false};
}
inline Type reference(int sort, bool nullable) { return Type{Type::Kind::Ref, sort, 0, 0, nullable}; }
inline Type set_of(int sort) { return Type{Type::Kind::Set, sort, 0, 0, false}; }

inline std::shared_ptr<Expr> node(Op op, Type type, const Span& span, std::vector<ExprPtr> kids = {}, int ref = -1) {
  auto e = std::make_shared<Expr>();
  e->op = op;
  e->type = type;
  e->span = span;
  e->kids = std::move(kids);
  e->ref = ref;
  return e;
}

inline int small_number(const YamlNode& node, int low, int high, int fallback, Diagnostics& diagnostics) {
  if (node.is_scalar() && !node.text.empty() && node.text.size() <= 3 &&
      std::all_of(node.text.begin(), node.text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    const int n = std::stoi(node.text);
    if (n >= low && n <= high) return n;
  }
  diagnostics.error(node.span, fmt::format("a number from {} to {} is expected", low, high));
  return fallback;
}

inline bool yes(const YamlNode& node) { return node.text == "yes" || node.text == "true"; }

}  // namespace luproof::model
