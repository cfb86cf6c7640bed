// SPDX-License-Identifier: GPL-2.0-or-later
// Expressions of the model over knowledge: true, false or unknown.
//
// An operand that is unknown makes the result unknown only where it could change it: `false and ?`
// is false. An expression that cannot be evaluated (a reference to none, a handover that the
// capture does not show) is unknown, never an error: what a line does not say is not wrong.
#pragma once

#include <optional>
#include <vector>

#include "traces/knowledge.h"

namespace luproof::traces {

using Frame = std::vector<Known>;  // the locals of a definition, event or property

struct Member {
  Value value = 0;
  bool certain = true;  // false: it may be a member
};
// nullopt: the members are unknown.
using Members = std::optional<std::vector<Member>>;

class Kleene {
 public:
  // `samples` are the values of was(…), in the order of Clause::samples; may be null.
  Kleene(const model::Model& model, const model::Layout& layout, const Knowledge& state, int kernel,
         const std::vector<Known>* samples = nullptr)
      : model_(model), layout_(layout), state_(state), kernel_(kernel), samples_(samples) {}

  Known value(const model::Expr& expr, Frame& frame) const;
  Members members(const model::Expr& set, Frame& frame) const;
  // The slot of a data cell; nullopt if an index is unknown, none, or outside.
  std::optional<int> slot(const model::Expr& cell, Frame& frame) const;
  // The frame in which the body of a definition is read.
  Frame arguments(const model::Expr& define, Frame& frame) const;

 private:
  Known logic(const model::Expr& expr, Frame& frame) const;
  Known arithmetic(const model::Expr& expr, Frame& frame) const;
  Known quantifier(const model::Expr& expr, Frame& frame) const;
  Known fact(const model::Expr& expr, Frame& frame) const;
  Known contains(const model::Expr& expr, Frame& frame) const;

  const model::Model& model_;
  const model::Layout& layout_;
  const Knowledge& state_;
  int kernel_;
  const std::vector<Known>* samples_;
  mutable int depth_ = 0;
};

inline void bind(Frame& frame, int local, Known value) {
  if (local < 0) return;
  if (static_cast<std::size_t>(local) >= frame.size()) frame.resize(local + 1);
  frame[local] = value;
}

}  // namespace luproof::traces
