// SPDX-License-Identifier: GPL-2.0-or-later
// A state as the sum of its parts, and back.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "checker/anynumber/collector.h"

namespace luproof::checker {
namespace {

// In a part of a state a reference to a member is the place of the member among those that the
// shared part names, or 0 for the member whose part it is, as a number that no value is; the holder
// of a lock keeps its actor and copy.
constexpr Value kMark = std::numeric_limits<Value>::min();
constexpr Value kLastMark = kMark + (1 << 24);
constexpr int kMostNamed = 256;
// And a number that each member has its own of, as its address.
constexpr Value kOwn = kLastMark + 1;
constexpr Value kLastOwn = kOwn + (1 << 20);

// Behind the data are places, locals and loops of actors, which have no names.
std::string named(const System& system, int slot) {
  return slot < system.data_slots() ? system.layout->slot_name(slot) : "where an actor stands";
}

}  // namespace

bool Collector::own() {
  owner_.assign(s_.slots.size(), -1);
  std::vector<std::map<std::pair<std::vector<int>, std::vector<Element>>, int>> order(count_);
  for (std::size_t slot = 0; slot < owner_.size(); ++slot) {
    const SlotShape& shape = shape_[static_cast<int>(slot)];
    std::vector<Element> key;
    for (const Element& e : shape.of) {
      const int m = member(e);
      if (m < 0) {
        key.push_back(e);
        continue;
      }
      if (owner_[slot] >= 0)
        return stop(
            fmt::format("a value belongs to two of them: {}", named(s_, static_cast<int>(slot))));
      owner_[slot] = m;
      key.push_back({-1, -1});
    }
    if (owner_[slot] < 0)
      shared_.push_back(static_cast<int>(slot));
    else
      order[owner_[slot]][{shape.family, key}] = static_cast<int>(slot);
  }
  for (const auto& row : order) {
    mine_.emplace_back();
    for (const auto& [key, slot] : row) mine_.back().push_back(slot);
    if (mine_.back().size() != mine_.front().size()) return stop("they differ in what they have");
  }
  place_.assign(s_.slots.size(), -1);
  for (const auto& row : mine_)
    for (std::size_t at = 0; at < row.size(); ++at) place_[row[at]] = static_cast<int>(at);
  own_numbers();
  for (int m = 0; m + 1 < count_; ++m) {
    ElementMap map(s_.model->sorts.size());
    auto& row = map[members_[m].sort];
    row.resize(s_.model->sorts[members_[m].sort].size);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<int>(i);
    std::swap(row[members_[m].index], row[members_[m + 1].index]);
    auto moved = shape_.moved(map);
    if (!moved) return stop("they differ in what they have");
    swaps_.push_back(std::move(map));
    moves_.push_back(std::move(*moved));
  }
  return true;
}

// The constants that the term may be, in one order.
void Collector::constants(Term t, std::vector<Value>& into) const {
  const TermNode& n = s_.terms[t];
  if (n.op == TermOp::Const) into.push_back(n.value);
  if (n.op != TermOp::Ite) return;
  constants(n.b, into);
  constants(n.c, into);
}

bool Collector::offer(std::size_t at, const std::vector<Value>& values) {
  const std::set<Value> different(values.begin(), values.end());
  auto& rows = own_[at];
  if (static_cast<int>(different.size()) < count_ || rows.size() >= 64 ||
      std::find(rows.begin(), rows.end(), values) != rows.end())
    return false;
  rows.push_back(values);
  return true;
}

// A step gave each member a number of its own in these slots: known from now on, from the start.
bool Collector::learn(const State& next, const std::vector<int>& different) {
  for (const int slot : different) {
    if (owner_[slot] < 0 || shape_[slot].values != SlotShape::Values::Plain) return false;
    std::vector<Value> values;
    for (const auto& row : mine_) values.push_back(next[row[place_[slot]]]);
    again_ = offer(static_cast<std::size_t>(place_[slot]), values) || again_;
  }
  return again_;
}

// A value that a member gets, where every other gets a different one by the same step.
void Collector::own_numbers() {
  own_.resize(mine_[0].size());
  const auto offer_terms = [&](std::size_t at, const std::vector<Term>& terms) {
    std::vector<std::vector<Value>> found(terms.size());
    for (std::size_t m = 0; m < terms.size(); ++m) {
      constants(terms[m], found[m]);
      if (found[m].size() != found[0].size()) return;
    }
    for (std::size_t c = 0; c < found[0].size(); ++c) {
      std::vector<Value> values;
      for (const auto& row : found) values.push_back(row[c]);
      offer(at, values);
    }
  };
  for (std::size_t at = 0; at < mine_[0].size(); ++at) {
    std::vector<Value> values;
    for (const auto& row : mine_)
      if (s_.initial[row[at]]) values.push_back(*s_.initial[row[at]]);
    if (static_cast<int>(values.size()) == count_) offer(at, values);
  }
  const auto look = [&](const std::vector<std::pair<int, Term>>& updates) {
    std::map<int, std::vector<Term>> by_place;
    for (const auto& [slot, value] : updates)
      if (owner_[slot] >= 0 && shape_[slot].values == SlotShape::Values::Plain)
        by_place[place_[slot]].push_back(value);
    for (const auto& [at, terms] : by_place)
      if (static_cast<int>(terms.size()) == count_) offer_terms(at, terms);
  };
  look(s_.initial_terms);
  for (const Transition& t : s_.transitions) look(t.updates);
}

int Collector::number(int m, int at, Value value) const {
  for (std::size_t row = 0; row < own_[at].size(); ++row)
    if (own_[at][row][m] == value) return static_cast<int>(row);
  return -1;
}

int Collector::refers(int slot, Value value) const {
  if (value == 0) return -1;
  const SlotShape& shape = shape_[slot];
  if (shape.values == SlotShape::Values::Reference) return member({shape.refers, value - 1});
  if (shape.values == SlotShape::Values::Instance) return member(shape_.element_of(value - 1));
  return -1;
}

Value Collector::mark(int slot, Value value, int place) const {
  Value kind = 0;
  if (shape_[slot].values == SlotShape::Values::Instance) {
    const model::ActorInstance& holder = s_.layout->instances()[value - 1];
    kind = 1 + holder.actor * 16 + holder.copy;
  }
  return kMark + kind * kMostNamed + place;
}

// `own`: the member whose part the value is in; -1: the shared one.
Value Collector::unmark(int slot, Value value, int own) const {
  if (value > kLastOwn) return value;
  if (value >= kOwn) return own_[place_[slot]][value - kOwn][own];
  const Value kind = (value - kMark) / kMostNamed;
  const int m = own >= 0 ? own : (value - kMark) % kMostNamed;
  if (shape_[slot].values != SlotShape::Values::Instance) return members_[m].index + 1;
  const auto& instances = s_.layout->instances();
  for (std::size_t i = 0; i < instances.size(); ++i)
    if (1 + instances[i].actor * 16 + instances[i].copy == kind &&
        shape_.element_of(static_cast<int>(i)) == members_[m])
      return static_cast<Value>(i) + 1;
  return 0;
}

bool Collector::take_apart(const State& state, Taken& taken) {
  std::vector<Value> key;
  key.reserve(shared_.size());
  for (const int slot : shared_) {
    const int m = refers(slot, state[slot]);
    if (m < 0) {
      key.push_back(state[slot]);
      continue;
    }
    auto at = std::find(taken.named.begin(), taken.named.end(), m);
    if (at == taken.named.end()) {
      taken.named.push_back(m);
      at = std::prev(taken.named.end());
    }
    key.push_back(mark(slot, state[slot], static_cast<int>(at - taken.named.begin())));
  }
  const auto part = [&](int m, std::vector<Value>& into) {
    for (const int slot : mine_[m]) {
      const int other = refers(slot, state[slot]);
      if (other >= 0 && other != m)
        return stop(fmt::format("one refers to another: {}", named(s_, slot)));
      if (shape_[slot].values == SlotShape::Values::Count && state[slot] != 0)
        return stop(slot < s_.data_slots()
                        ? fmt::format("they stand in a list: {}", s_.layout->slot_name(slot))
                        : "the order in which a loop takes or undoes its turns for them matters");
      const int row = number(m, place_[slot], state[slot]);
      for (const auto& values : own_[place_[slot]])
        if (row < 0 && std::find(values.begin(), values.end(), state[slot]) != values.end())
          return stop(fmt::format("one has the number of another: {}", named(s_, slot)));
      into.push_back(other == m ? mark(slot, state[slot], 0) : row >= 0 ? kOwn + row : state[slot]);
    }
    return true;
  };
  for (const int m : taken.named)
    if (!part(m, key)) return false;
  const auto fresh = static_cast<int>(shared_values_.size());
  const auto at = shared_numbers_.try_emplace(key, fresh).first;
  if (at->second == fresh) {
    shared_values_.push_back(key);
    names_.push_back(static_cast<int>(taken.named.size()));
  }
  taken.shared = at->second;
  for (int m = 0; m < count_; ++m) {
    if (std::find(taken.named.begin(), taken.named.end(), m) != taken.named.end()) continue;
    std::vector<Value> own;
    if (!part(m, own)) return false;
    const auto next = static_cast<int>(private_values_.size());
    const auto known = private_numbers_.try_emplace(own, next).first;
    if (known->second == next) private_values_.push_back(own);
    taken.others.push_back(known->second);
  }
  std::sort(taken.others.begin(), taken.others.end());
  return true;
}

// The state with these parts in which the named members come first.
State Collector::put_together(int shared, const Multiset& others) const {
  State state(s_.slots.size(), 0);
  const std::vector<Value>& key = shared_values_[shared];
  const int named = count_ - static_cast<int>(others.size());
  for (std::size_t i = 0; i < shared_.size(); ++i)
    state[shared_[i]] = unmark(shared_[i], key[i], -1);
  for (int m = 0; m < count_; ++m)
    for (std::size_t i = 0; i < mine_[m].size(); ++i) {
      const Value v = m < named ? key[shared_.size() + m * mine_[m].size() + i]
                                : private_values_[others[m - named]][i];
      state[mine_[m][i]] = unmark(mine_[m][i], v, m);
    }
  return state;
}

}  // namespace luproof::checker
