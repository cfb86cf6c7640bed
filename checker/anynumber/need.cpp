// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/need.h"

#include <algorithm>

namespace luproof::checker {

namespace {
constexpr int kSmall = 2;  // members that a part may speak of and still be one instance of many
}

const std::set<int>& Need::members(Term t) {
  if (const auto at = below_.find(t); at != below_.end()) return at->second;
  std::set<int> all;
  const TermNode& n = terms_[t];
  if (n.op == TermOp::Slot) {
    if (member_of_[n.value] >= 0) all.insert(member_of_[n.value]);
  } else if (n.op != TermOp::Const) {
    for (const Term kid : {n.a, n.b, n.c})
      if (kid >= 0) {
        const std::set<int>& more = members(kid);
        all.insert(more.begin(), more.end());
      }
  }
  return below_[t] = std::move(all);
}

int Need::size(Term t) {
  const std::set<int>& all = members(t);
  return static_cast<int>(
      std::count_if(all.begin(), all.end(), [&](int m) { return !kept_.count(m); }));
}

void Need::keep(std::set<int> kept) {
  kept_ = std::move(kept);
  for (auto& memo : known_) memo.clear();
}

int Need::to_be_same(Term t, int own) {
  if (kept_.count(own)) return to_be_same(t);
  std::set<int> before = kept_, more = kept_;
  more.insert(own);
  keep(std::move(more));
  const int result = need(t, Side::Both);
  keep(std::move(before));
  return result;
}

// The parts of a nest of one operation, each with whether it stands negated.
void Need::flatten(Term t, TermOp op, bool negated,
                   std::vector<std::pair<Term, bool>>& parts) const {
  const TermNode& n = terms_[t];
  if (n.op == TermOp::Not) return flatten(n.a, op, !negated, parts);
  const bool same = (n.op == TermOp::And && (op == TermOp::And) != negated) ||
                    (n.op == TermOp::Or && (op == TermOp::Or) != negated);
  if (!same) {
    parts.emplace_back(t, negated);
    return;
  }
  flatten(n.a, op, negated, parts);
  flatten(n.b, op, negated, parts);
}

int Need::boolean(Term t, Side side) {
  const TermNode& n = terms_[t];
  std::vector<std::pair<Term, bool>> parts;
  flatten(n.a, n.op, false, parts);
  flatten(n.b, n.op, false, parts);
  // A conjunction is true by all its parts and false by one; a disjunction the other way round.
  const bool conjunction = n.op == TermOp::And;
  const auto other = [](Side s) { return s == Side::True ? Side::False : Side::True; };
  const auto by = [&](Side s) {
    const bool all = (s == Side::True) == conjunction;
    int sum = 0, most = 0;
    for (const auto& [part, negated] : parts) {
      const int small = size(part);
      if (small <= kSmall) {
        most = std::max(most, small);
        continue;
      }
      const int one = need(part, negated ? other(s) : s);
      sum = std::min(members_ + 1, sum + one);
      most = std::max(most, one);
    }
    return all ? sum : most;
  };
  return side == Side::Both ? std::max(by(Side::True), by(Side::False)) : by(side);
}

// A sum of parts that are none below 0 against a constant: more than k of them is shown by k + 1,
// at most k by nobody. -1: no such comparison.
int Need::compared(Term t, Side side) {
  const TermNode& n = terms_[t];
  const bool above = terms_[n.a].op == TermOp::Const;  // k < sum, else sum < k
  const Term constant = above ? n.a : n.b, sum = above ? n.b : n.a;
  if (terms_[constant].op != TermOp::Const) return -1;
  std::vector<Term> open = {sum};
  Value fixed = 0;
  int most = 0;
  while (!open.empty()) {
    const Term part = open.back();
    open.pop_back();
    const TermNode& p = terms_[part];
    if (p.op == TermOp::Add) {
      open.push_back(p.a);
      open.push_back(p.b);
    } else if (p.op == TermOp::Const) {
      fixed += p.value;
    } else if (p.low < 0 || size(part) > kSmall) {
      return -1;
    } else {
      most = std::max(most, size(part));
    }
  }
  const int many = std::max(0, terms_[constant].value + (above ? 1 : 0) - fixed) * most;
  const bool shows_many = side == Side::Both || (side == Side::True) == above;
  return shows_many ? std::min(many, members_ + 1) : 0;
}

int Need::need(Term t, Side side) {
  if (size(t) <= kSmall && side == Side::Both) return size(t);
  auto& memo = known_[static_cast<int>(side)];
  if (const auto at = memo.find(t); at != memo.end()) return at->second;
  const TermNode n = terms_[t];
  const auto sum = [&](Term a, Term b) {
    return std::min(members_ + 1, need(a, Side::Both) + (b < 0 ? 0 : need(b, Side::Both)));
  };
  int result = 0;
  switch (n.op) {
    case TermOp::Const:
      break;
    case TermOp::Slot:
      result = size(t);
      break;
    case TermOp::Not:
      result = need(n.a, side == Side::True    ? Side::False
                         : side == Side::False ? Side::True
                                               : Side::Both);
      break;
    case TermOp::And:
    case TermOp::Or:
      result = boolean(t, side);
      break;
    case TermOp::Ite:
      result = std::min(members_ + 1, need(n.a, Side::Both) +
                                          std::max(need(n.b, Side::Both), need(n.c, Side::Both)));
      break;
    case TermOp::Lt:
      if (const int few = compared(t, side); few >= 0) {
        result = few;
        break;
      }
      [[fallthrough]];
    case TermOp::Eq:
    case TermOp::Add:
    case TermOp::Sub:
    case TermOp::Mul:
    case TermOp::Shift:
      result = size(t) <= kSmall ? size(t) : sum(n.a, n.b);
      break;
  }
  return memo[t] = result;
}

}  // namespace luproof::checker
