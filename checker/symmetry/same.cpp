// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/symmetry/same.h"

#include <algorithm>
#include <numeric>

namespace luproof::checker {

std::size_t FlatTerms::Hash::operator()(const std::vector<int>& key) const {
  std::uint64_t h = key.size();
  for (const int k : key) {
    h = (h ^ static_cast<std::uint32_t>(k)) * 0x9E3779B97F4A7C15ull;
    h ^= h >> 29;
  }
  return h;
}

int FlatTerms::intern(Node node) {
  std::vector<int> key = {static_cast<int>(node.op), node.value};
  key.insert(key.end(), node.kids.begin(), node.kids.end());
  const auto [at, fresh] = index_.try_emplace(std::move(key), static_cast<int>(nodes_.size()));
  if (fresh) nodes_.push_back(std::move(node));
  return at->second;
}

int FlatTerms::flat(Term root, const std::vector<int>& slots, Memo& memo) {
  std::vector<Term> open = {root};
  while (!open.empty()) {
    const Term t = open.back();
    if (memo.count(t)) {
      open.pop_back();
      continue;
    }
    const TermNode& n = t_[t];
    if (n.op == TermOp::Const || n.op == TermOp::Slot) {
      const Value value =
          n.op == TermOp::Const ? n.value : slots[static_cast<std::size_t>(n.value)];
      memo[t] = intern({n.op, value, {}});
      continue;
    }
    Node made{n.op, n.op == TermOp::Shift ? n.value : 0, {}};
    bool ready = true;
    const bool flattens = n.op == TermOp::And || n.op == TermOp::Or || n.op == TermOp::Add;
    for (const Term kid : {n.a, n.b, n.c}) {
      if (kid < 0) continue;
      const auto known = memo.find(kid);
      if (known == memo.end()) {
        ready = false;
        open.push_back(kid);
        continue;
      }
      const Node& below = nodes_[static_cast<std::size_t>(known->second)];
      if (flattens && below.op == n.op)
        made.kids.insert(made.kids.end(), below.kids.begin(), below.kids.end());
      else
        made.kids.push_back(known->second);
    }
    if (!ready) continue;
    if (flattens || n.op == TermOp::Eq || n.op == TermOp::Mul)
      std::sort(made.kids.begin(), made.kids.end());
    if (n.op == TermOp::And || n.op == TermOp::Or)
      made.kids.erase(std::unique(made.kids.begin(), made.kids.end()), made.kids.end());
    memo[t] = intern(std::move(made));
  }
  return memo.at(root);
}

std::vector<int> fixed_facts(const System& s, const Transition& t) {
  std::vector<int> facts = {
      t.weight,
      static_cast<int>(t.fault),
      t.kexec,
      t.exhausted,
      t.environment,
      t.from,
      t.to,
      t.instance < 0 ? -1 : s.layout->instances()[static_cast<std::size_t>(t.instance)].actor};
  for (const Label& label : t.labels) {
    facts.push_back(label.event);
    facts.push_back(label.stmt);
  }
  return facts;
}

Sameness::Sameness(const System& system) : s_(system), flat_(system.terms) {
  identity_.resize(s_.slots.size());
  std::iota(identity_.begin(), identity_.end(), 0);
  FlatTerms::Memo memo;
  transitions_ = transitions(identity_, memo);
  order_.resize(transitions_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](int a, int b) { return transitions_[a] < transitions_[b]; });
  rest_ = rest(identity_, memo);
}

Sameness::Rows Sameness::transitions(const std::vector<int>& slots, FlatTerms::Memo& memo) {
  Rows rows;
  for (const Transition& t : s_.transitions) {
    std::vector<int> row = fixed_facts(s_, t);
    row.push_back(flat_.flat(t.guard, slots, memo));
    std::vector<std::pair<int, int>> parts;
    for (const auto& [slot, value] : t.updates)
      parts.emplace_back(slots[static_cast<std::size_t>(slot)], flat_.flat(value, slots, memo));
    for (const StepCheck& c : t.checks)
      parts.emplace_back(-1 - c.property, flat_.flat(c.bad, slots, memo));
    std::sort(parts.begin(), parts.end());
    for (const auto& [what, value] : parts) {
      row.push_back(what);
      row.push_back(value);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Initial states and properties.
Sameness::Rows Sameness::rest(const std::vector<int>& slots, FlatTerms::Memo& memo) {
  Rows rows;
  auto term = [&](Term t) { return t < 0 ? -1 : flat_.flat(t, slots, memo); };
  for (std::size_t p = 0; p < s_.bad.size(); ++p)
    rows.push_back({0, static_cast<int>(p), term(s_.bad[p]), term(s_.from[p]), term(s_.to[p])});
  for (std::size_t i = 0; i < s_.slots.size(); ++i) {
    const auto slot = static_cast<int>(i);
    const SlotRange first = s_.at_start(slot);
    const auto& start = i < s_.initial.size() ? s_.initial[i] : std::nullopt;
    rows.push_back({1, slots[i], s_.slots[i].low, s_.slots[i].high, first.low, first.high,
                    start ? 1 : 0, start.value_or(0)});
  }
  for (const auto& [slot, value] : s_.initial_terms)
    rows.push_back({2, slots[static_cast<std::size_t>(slot)], term(value)});
  for (const Term t : s_.assumptions) rows.push_back({3, term(t)});
  for (const auto& start : s_.starts) {
    std::vector<std::pair<int, int>> parts;
    for (const auto& [slot, value] : start)
      parts.emplace_back(slots[static_cast<std::size_t>(slot)], value);
    std::sort(parts.begin(), parts.end());
    rows.push_back({4});
    for (const auto& [slot, value] : parts) rows.back().insert(rows.back().end(), {slot, value});
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::optional<Exchange> Sameness::held(const std::vector<int>& slots) {
  FlatTerms::Memo memo;
  if (rest(slots, memo) != rest_) return std::nullopt;
  const Rows moved = transitions(slots, memo);
  std::vector<int> order(moved.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return moved[a] < moved[b]; });
  Exchange exchange{slots, std::vector<int>(moved.size())};
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (moved[static_cast<std::size_t>(order[i])] !=
        transitions_[static_cast<std::size_t>(order_[i])])
      return std::nullopt;
    exchange.transitions[static_cast<std::size_t>(order[i])] = order_[i];
  }
  return exchange;
}

}  // namespace luproof::checker
