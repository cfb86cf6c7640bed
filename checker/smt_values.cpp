// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_values.h"

#include <algorithm>
#include <set>

namespace luproof::checker::smt {
namespace {

constexpr std::size_t kMostOfSlot = 4096;  // a wider range is any value
constexpr std::size_t kMostOfTerm = 64;
constexpr std::size_t kMostPairs = 1024;

const Values kBoth = {0, 1};

// The value of a term, if no operand but these matters.
Value apply(TermOp op, Value a, Value b) {
  const auto wrapped = [](std::int64_t value) { return static_cast<Value>(value); };
  switch (op) {
    case TermOp::Not:
      return a == 0;
    case TermOp::And:
      return a != 0 && b != 0;
    case TermOp::Or:
      return a != 0 || b != 0;
    case TermOp::Eq:
      return a == b;
    case TermOp::Lt:
      return a < b;
    case TermOp::Add:
      return wrapped(std::int64_t{a} + b);
    case TermOp::Sub:
      return wrapped(std::int64_t{a} - b);
    case TermOp::Mul:
      return wrapped(std::int64_t{a} * b);
    case TermOp::Shift:
      return a >> b;
    case TermOp::Const:
    case TermOp::Slot:
    case TermOp::Ite:
      break;
  }
  return 0;
}

bool is_truth(TermOp op) {
  return op == TermOp::Not || op == TermOp::And || op == TermOp::Or || op == TermOp::Eq ||
         op == TermOp::Lt;
}

}  // namespace

Values in_range(Value low, Value high) {
  if (std::int64_t{high} - low >= static_cast<std::int64_t>(kMostOfSlot)) return {};
  Values values;
  for (Value v = low; v <= high; ++v) values.push_back(v);
  return values;
}

void join(Values& into, const Values& more) {
  if (into.empty() || more.empty()) {
    into.clear();
  } else if (!std::includes(into.begin(), into.end(), more.begin(), more.end())) {
    Values both;
    std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(both));
    into = std::move(both);
  }
}

const Simplifier::Known& Simplifier::look(Term term) {
  if (const auto at = known_.find(term); at != known_.end()) return at->second;
  Known known = compute(term);
  return known_.emplace(term, std::move(known)).first->second;
}

Simplifier::Known Simplifier::compute(Term term) {
  const TermNode node = (*terms_)[term];
  if (node.op == TermOp::Const) return {term, {node.value}};
  Values values = combine(node);
  if (values.size() == 1) return {terms_->constant(values[0]), values};
  Term result = term;
  const auto kid = [&](Term t) { return look(t).term; };
  switch (node.op) {
    case TermOp::Not:
      result = terms_->negate(kid(node.a));
      break;
    case TermOp::And:
      result = terms_->conj(kid(node.a), kid(node.b));
      break;
    case TermOp::Or:
      result = terms_->disj(kid(node.a), kid(node.b));
      break;
    case TermOp::Eq:
      result = terms_->eq(kid(node.a), kid(node.b));
      break;
    case TermOp::Lt:
      result = terms_->lt(kid(node.a), kid(node.b));
      break;
    case TermOp::Add:
      result = terms_->add(kid(node.a), kid(node.b));
      break;
    case TermOp::Sub:
      result = terms_->sub(kid(node.a), kid(node.b));
      break;
    case TermOp::Mul:
      result = terms_->mul(kid(node.a), kid(node.b));
      break;
    case TermOp::Ite:
      result = terms_->ite(kid(node.a), kid(node.b), kid(node.c));
      break;
    case TermOp::Shift:
      result = terms_->shift(kid(node.a), node.value);
      break;
    case TermOp::Const:
    case TermOp::Slot:
      break;
  }
  return {result, std::move(values)};
}

Values Simplifier::combine(const TermNode& node) {
  if (node.op == TermOp::Slot) {
    const auto at = narrowed_.find(node.value);
    return at != narrowed_.end() ? at->second : (*slots_)[node.value];
  }
  const Values& a = look(node.a).values;
  if (node.op == TermOp::Ite) {
    const bool can = a.empty() || a.back() != 0 || a.front() != 0;
    const bool cannot = a.empty() || std::binary_search(a.begin(), a.end(), 0);
    Values result = look(can ? node.b : node.c).values;
    if (can && cannot) join(result, look(node.c).values);
    return result.size() > kMostOfTerm ? Values{} : result;
  }
  const Values one = {node.op == TermOp::Shift ? node.value : 0};
  const Values& b = node.b < 0 ? one : look(node.b).values;
  // One operand that decides is enough.
  for (const Values* side : {&a, &b}) {
    if (side->size() != 1) continue;
    if (node.op == TermOp::And && (*side)[0] == 0) return {0};
    if (node.op == TermOp::Or && (*side)[0] != 0) return {1};
  }
  if (a.empty() || b.empty() || a.size() * b.size() > kMostPairs)
    return is_truth(node.op) ? kBoth : Values{};
  std::set<Value> values;
  for (const Value x : a)
    for (const Value y : b) values.insert(apply(node.op, x, y));
  if (values.size() > kMostOfTerm) return {};
  return {values.begin(), values.end()};
}

std::vector<Term> conjuncts(const Terms& terms, Term term) {
  std::vector<Term> result, stack = {term};
  std::set<Term> seen;
  while (!stack.empty()) {
    const Term at = stack.back();
    stack.pop_back();
    if (!seen.insert(at).second) continue;
    const TermNode& node = terms[at];
    if (node.op == TermOp::And) {
      stack.push_back(node.a);
      stack.push_back(node.b);
    } else {
      result.push_back(at);
    }
  }
  return result;
}

Demands::Demands(System& system) {
  std::map<Term, std::optional<Demand>> known;
  for (const Transition& transition : system.transitions) {
    std::vector<Demand> own;
    for (const Term conjunct : conjuncts(system.terms, transition.guard)) {
      auto at = known.find(conjunct);
      if (at == known.end()) at = known.emplace(conjunct, demand(system, conjunct)).first;
      if (at->second) own.push_back(*at->second);
    }
    demands_.push_back(std::move(own));
  }
}

std::optional<Demands::Demand> Demands::demand(System& system, Term conjunct) const {
  std::vector<char> support(system.slots.size(), 0);
  system.terms.support(conjunct, support);
  if (std::count(support.begin(), support.end(), 1) != 1) return std::nullopt;
  Demand demand;
  demand.slot = static_cast<int>(std::find(support.begin(), support.end(), 1) - support.begin());
  const SlotRange range = system.slots[demand.slot];
  const Values all = in_range(range.low, range.high);
  if (all.empty()) return std::nullopt;
  for (const Value value : all) {
    Terms::Memo memo;
    const auto map = [&](Value, Term) { return system.terms.constant(value); };
    if (!system.terms.is_false(system.terms.substitute(conjunct, map, memo)))
      demand.allowed.push_back(value);
  }
  return demand;
}

std::optional<std::map<int, Values>> Demands::narrowed(int transition,
                                                       const std::vector<Values>& slots) const {
  std::map<int, Values> result;
  for (const Demand& demand : demands_[transition]) {
    const auto at = result.find(demand.slot);
    const Values& before = at != result.end() ? at->second : slots[demand.slot];
    Values left;
    if (before.empty()) {
      left = demand.allowed;
    } else {
      std::set_intersection(before.begin(), before.end(), demand.allowed.begin(),
                            demand.allowed.end(), std::back_inserter(left));
    }
    if (left.empty()) return std::nullopt;
    if (left.size() != before.size()) result[demand.slot] = std::move(left);
  }
  return result;
}

}  // namespace luproof::checker::smt
