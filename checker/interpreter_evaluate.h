// SPDX-License-Identifier: GPL-2.0-or-later
// The value of an expression in a state.
//
// The first violation (none-reference, …) stops the evaluation and is kept; what is evaluated after
// it is 0 and must not be used. Operands that docs/language.md, section 4 does not reach are not
// looked at, so that their violations do not happen.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checker/interpreter_control.h"

namespace luproof::checker::plain {

// What an expression may look at.
struct View {
  const State* data = nullptr;
  const Control* control = nullptr;  // for idle(…)
  const State* old_data = nullptr;   // for old(…)
  const Control* old_control = nullptr;
  const model::Clause* clause = nullptr;  // for was(…)
  int claimed = 0;                        // offset of the claimed element
  const State* samples = nullptr;         // in which was(…) is read: where the claim was latched
};

// The first violation, and where.
struct Trouble {
  Fault fault = Fault::None;
  Span span;
};

class Evaluator {
 public:
  Evaluator(const World& world, const View& view, std::vector<Value> locals)
      : world_(world), view_(view), locals_(std::move(locals)) {}

  Value value(const Expr& expr);
  bool truth(const Expr& expr) { return value(expr) != 0 && !failed(); }
  // Visits the members in the order of the set until `visit` returns false.
  using Visit = std::function<bool(Value)>;
  bool each(const Expr& set, const Visit& visit);
  std::vector<Value> members(const Expr& set);
  bool contains(const Expr& set, Value member);
  // The index values of a cell; nullopt if it cannot be read through one of them.
  std::optional<std::vector<Value>> indices(const Expr& cell);

  void bind(int local, Value value);
  bool failed() const { return trouble_.fault != Fault::None; }
  const Trouble& trouble() const { return trouble_; }
  Value fail(Fault fault, const Span& span);

 private:
  Value cell(const Expr& expr);
  Value arithmetic(const Expr& expr);
  Value quantifier(const Expr& expr);
  Value related_one(const Expr& expr);
  bool idle(int actor) const;
  Value settled(const Expr& expr);
  // Evaluates a definition's arguments, then runs `body` with them as locals. The locals of the
  // place of use are in `outer` meanwhile.
  using Body = std::function<bool(const Expr& body, std::vector<Value>& outer)>;
  bool with_define(const Expr& expr, const Body& body);
  // Runs `body` with the two states exchanged; within it, with_old comes back to the new one.
  bool with_old(const std::function<bool()>& body);
  // The first slot of a list or set, received and outgoing ones too; -1 after a violation.
  int set_slot(const Expr& set);
  std::vector<Value> relation(const Expr& set);

  const World& world_;
  View view_;
  std::vector<Value> locals_;
  Trouble trouble_;
  int depth_ = 0;  // of definitions
};

// The set has an order of its own: a list, or what is taken from one.
bool ordered(const World& world, const Expr& set);

}  // namespace luproof::checker::plain
