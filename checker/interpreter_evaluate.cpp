// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_evaluate.h"

#include <algorithm>
#include <limits>

namespace luproof::checker::plain {

namespace {
constexpr int kDeepestDefinition = 200;
}

Value Evaluator::fail(Fault fault, const Span& span) {
  if (!failed()) trouble_ = {fault, span};
  return 0;
}

void Evaluator::bind(int local, Value value) {
  if (local < 0) return;
  if (static_cast<std::size_t>(local) >= locals_.size()) locals_.resize(local + 1);
  locals_[local] = value;
}

std::optional<std::vector<Value>> Evaluator::indices(const Expr& expr) {
  const std::vector<int>& sorts = world_.model.cells[expr.ref].index;
  std::vector<Value> found;
  for (std::size_t i = 0; i < sorts.size(); ++i) {
    const Expr& kid = *expr.kids[i];
    found.push_back(value(kid));
    if (failed()) return std::nullopt;
    const Fault fault = world_.reading_through(*view_.data, sorts[i], found.back());
    if (fault != Fault::None) {
      fail(fault, kid.span);
      return std::nullopt;
    }
  }
  return found;
}

Value Evaluator::value(const Expr& expr) {
  if (failed()) return 0;
  world_.turn();
  const auto kid = [&](int i) { return value(*expr.kids[i]); };
  switch (expr.op) {
    case Op::Const:
      return expr.value;
    case Op::Local:
      return static_cast<std::size_t>(expr.ref) < locals_.size() ? locals_[expr.ref] : 0;
    case Op::Choice:
      return world_.model.choices[expr.ref].selected;
    case Op::Config: {
      const model::Config& config = world_.model.configs[expr.ref];
      return world_.kernel(*view_.data) == 1 ? config.old_value : config.new_value;
    }
    case Op::KernelNumber:
      return world_.kernel(*view_.data);
    case Op::Panicked:
      return world_.panicked(*view_.data);
    case Op::Define: {
      Value result = 0;
      with_define(expr, [&](const Expr& body, std::vector<Value>&) {
        result = value(body);
        return true;
      });
      return failed() ? 0 : result;
    }
    case Op::Not:
      return !kid(0);
    case Op::And:
      return kid(0) != 0 && kid(1) != 0;
    case Op::Or: {
      const bool first = kid(0) != 0;
      return first || (!failed() && kid(1) != 0);
    }
    case Op::Implies: {
      const bool first = kid(0) != 0;
      return !failed() && (!first || kid(1) != 0);
    }
    case Op::Ite: {
      const bool condition = kid(0) != 0;
      return failed() ? 0 : kid(condition ? 1 : 2);
    }
    case Op::In: {
      const Value member = kid(0);
      return !failed() && contains(*expr.kids[1], member);
    }
    case Op::Is:
      return world_.offset(expr.ref, kid(0)) >= 0;
    case Op::Alive:
      return world_.alive(*view_.data, expr.kids[0]->type.id, kid(0));
    case Op::All:
    case Op::Exists:
    case Op::Count:
      return quantifier(expr);
    case Op::Last: {
      const std::vector<Value> all = members(*expr.kids[0]);
      return failed() || all.empty() ? 0 : all.back();
    }
    case Op::Attribute:
    case Op::Parent:
    case Op::PfOf:
      return related_one(expr);
    case Op::Cell:
    case Op::Received:
    case Op::Handed:
    case Op::Restored:
    case Op::Outgoing:
    case Op::Written:
      return cell(expr);
    case Op::Was: {
      const int sample = view_.clause->samples[expr.ref];
      return (*view_.samples)[world_.at(Part::Sampled, sample).base + view_.claimed];
    }
    case Op::Old: {
      Value before = 0;
      with_old([&] {
        before = kid(0);
        return true;
      });
      return before;
    }
    case Op::Idle:
      return idle(expr.ref);
    case Op::Settled:
      return settled(expr);
    default:
      return arithmetic(expr);
  }
}

Value Evaluator::arithmetic(const Expr& expr) {
  const std::int64_t a = value(*expr.kids[0]);
  const std::int64_t b = expr.kids.size() > 1 ? value(*expr.kids[1]) : 0;
  if (failed()) return 0;
  std::int64_t result = 0;
  switch (expr.op) {
    case Op::Eq:
      return a == b;
    case Op::Ne:
      return a != b;
    case Op::Lt:
      return a < b;
    case Op::Le:
      return a <= b;
    case Op::Gt:
      return a > b;
    case Op::Ge:
      return a >= b;
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
    case Op::ShiftRight:
      result = a >> expr.ref;
      break;
    case Op::Min:
      result = std::min(a, b);
      break;
    case Op::Max:
      result = std::max(a, b);
      break;
    default:
      return fail(Fault::OutOfRange, expr.span);  // a set where a value has to be
  }
  const bool fits =
      result >= std::numeric_limits<Value>::min() && result <= std::numeric_limits<Value>::max();
  return fits ? static_cast<Value>(result) : fail(Fault::OutOfRange, expr.span);
}

Value Evaluator::cell(const Expr& expr) {
  const auto at = indices(expr);
  if (!at) return 0;
  const auto read = [&](Part part) { return (*view_.data)[world_.row(part, expr.ref, *at)]; };
  switch (expr.op) {
    case Op::Handed:
      return read(Part::InPresent);
    case Op::Restored:
      return read(Part::InRestored);
    case Op::Written:
      return read(Part::OutPresent);
    case Op::Received:
      return read(Part::InPresent) ? read(Part::InValue) : fail(Fault::AbsentHandover, expr.span);
    case Op::Outgoing:
      return read(Part::OutPresent) ? read(Part::OutValue) : fail(Fault::AbsentHandover, expr.span);
    default:
      return read(Part::Value);
  }
}

Value Evaluator::quantifier(const Expr& expr) {
  const Expr& body = *expr.kids[1];
  Value count = 0;
  bool decided = false;
  each(*expr.kids[0], [&](Value member) {
    bind(expr.ref, member);
    const bool holds = truth(body);
    if (failed()) return false;
    count += holds;
    decided = expr.op == Op::All ? !holds : expr.op == Op::Exists && holds;
    return !decided;
  });
  if (failed()) return 0;
  if (expr.op == Op::Count) return count;
  return expr.op == Op::All ? !decided : decided;
}

// A fact of the topology about one function. None is above or beside nothing.
Value Evaluator::related_one(const Expr& expr) {
  const Value function = value(*expr.kids[0]);
  if (failed()) return 0;
  if (function == 0) return fail(Fault::NoneReference, expr.span);
  const model::PciFunction& at = world_.model.topology.functions[function - 1];
  if (expr.op == Op::Parent) return at.parent + 1;
  if (expr.op == Op::PfOf) return at.pf + 1;
  return world_.model.attribute_value(expr.ref, function - 1);
}

bool Evaluator::idle(int actor) const {
  for (std::size_t i = 0; view_.control && i < view_.control->tasks.size(); ++i)
    if (world_.layout.instances()[i].actor == actor && view_.control->tasks[i].frames.size() > 1)
      return false;
  return true;
}

Value Evaluator::settled(const Expr& expr) {
  const auto at = indices(expr);
  if (!at) return 0;
  for (Part part : {Part::Value, Part::Readers, Part::Queued}) {
    if (!world_.find(part, expr.ref)) continue;
    const auto first = view_.data->begin() + world_.row(part, expr.ref, *at);
    const auto last = first + world_.row_size(part, expr.ref);
    if (std::any_of(first, last, [](Value slot) { return slot != 0; })) return 0;
  }
  return 1;
}

bool Evaluator::with_define(const Expr& expr, const Body& body) {
  const model::Define& define = world_.model.defines[expr.ref];
  std::vector<Value> arguments;
  for (const auto& kid : expr.kids) arguments.push_back(value(*kid));
  if (depth_ >= kDeepestDefinition) fail(Fault::RecursionTooDeep, expr.span);
  if (failed()) return false;
  arguments.resize(std::max(arguments.size(), define.locals.size()));
  std::swap(locals_, arguments);
  ++depth_;
  const bool result = body(*define.body, arguments);
  --depth_;
  std::swap(locals_, arguments);
  return result;
}

bool Evaluator::with_old(const std::function<bool()>& body) {
  std::swap(view_.data, view_.old_data);
  std::swap(view_.control, view_.old_control);
  const bool result = body();
  std::swap(view_.data, view_.old_data);
  std::swap(view_.control, view_.old_control);
  return result;
}

}  // namespace luproof::checker::plain
