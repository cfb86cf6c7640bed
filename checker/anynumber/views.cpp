// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "checker/anynumber/depth.h"
#include "checker/anynumber/need.h"
#include "checker/describe.h"
#include "checker/explorer/code.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMostStarts = 4096;
constexpr std::int64_t kManyValues = 255;  // an enumeration of the packs has fewer
constexpr std::size_t kMostStates = 200'000;

// In a part of a state a reference to a member is the place of the member among those that the
// shared part names, or 0 for the member whose part it is, as a number that no value is; the holder
// of a lock keeps its actor and copy.
constexpr Value kMark = std::numeric_limits<Value>::min();
constexpr Value kLastMark = kMark + (1 << 24);
constexpr int kMostNamed = 256;
// And a number that each member has its own of, as its address.
constexpr Value kOwn = kLastMark + 1;
constexpr Value kLastOwn = kOwn + (1 << 20);

using Multiset = std::vector<int>;  // numbers of private parts, ascending

class Collector {
 public:
  Collector(System& system, const std::vector<Element>& members, int width, const Limits& limits)
      : s_(system),
        shape_(system),
        members_(members),
        width_(width),
        limits_(limits),
        count_(static_cast<int>(members.size())),
        need_(system.terms, owner_, count_) {
    out_.width = width;
    out_.bad.assign(system.model->properties.size(), 0);
  }

  Views run() {
    if (own() && !asks_for_more()) {
      do {
        again_ = false;
        forget();
        search();
      } while (again_);
    }
    out_.states = states_.size();
    for (const auto& [shared, parts] : seen_) out_.views += parts.views.size();
    return std::move(out_);
  }

 private:
  struct Parts {  // of one shared part
    std::set<int> singles;
    std::set<Multiset> views;
  };
  struct Taken {  // a state as the sum of its parts
    int shared = -1;
    std::vector<int> named;  // members, in the order in which the shared part names them
    Multiset others;
  };

  int member(const Element& e) const {
    const auto at = std::find(members_.begin(), members_.end(), e);
    return at == members_.end() ? -1 : static_cast<int>(at - members_.begin());
  }
  bool stop(std::string why, model::Span where = {}) {
    if (out_.obstacle.empty()) {
      out_.obstacle = std::move(why);
      out_.where = std::move(where);
    }
    return false;
  }

  void forget();
  bool own();
  bool offer(std::size_t at, const std::vector<Value>& values);
  bool learn(const State& next, const std::vector<int>& different);
  void own_numbers();
  void constants(Term t, std::vector<Value>& into) const;
  // Which of its own numbers a value of its `at`-th slot is, or -1.
  int number(int m, int at, Value value) const;
  bool asks_for_more();
  int asked(const Transition& t, const State& state, int named, Terms::Memo& memo);
  void search();
  // The member that a value of the slot refers to, or -1.
  int refers(int slot, Value value) const;
  Value mark(int slot, Value value, int place) const;
  Value unmark(int slot, Value value, int own) const;
  bool take_apart(const State& state, Taken& taken);
  State put_together(int shared, const Multiset& others) const;
  void add(const State& state);
  void add(int shared, const Multiset& others);
  void recombine(int shared, const Multiset& fresh);
  void subsets(const Multiset& of, std::size_t from, Multiset& some,
               const std::function<void(const Multiset&)>& then) const;
  void choose(int shared, const std::vector<int>& from, std::size_t at, Multiset& some);
  bool allowed(int shared, const Multiset& others) const;
  std::uint32_t what_is_no_number(const State& state) const;
  void expand(const State& state);
  bool interchangeable(const State& state);
  std::vector<State> successors(const State& state, std::vector<int>* fired);
  State exchanged(const State& state, int first) const;

  System& s_;
  Shape shape_;
  const std::vector<Element>& members_;
  int width_;
  const Limits& limits_;
  int count_;
  Views out_;

  std::vector<int> owner_;              // of each slot: a member or -1
  std::vector<int> shared_;             // slots of nobody
  std::vector<std::vector<int>> mine_;  // of each member, in one order of families
  std::vector<int> place_;              // of each slot of a member: where it is in mine_
  // Of each place: numbers that differ from member to member, one row a number.
  std::vector<std::vector<std::vector<Value>>> own_;
  std::vector<ElementMap> swaps_;  // of a member and the next one
  std::vector<std::vector<int>> moves_;
  std::vector<Code> code_;
  Code bad_;
  std::map<std::vector<Value>, int> shared_numbers_, private_numbers_;
  std::vector<std::vector<Value>> shared_values_, private_values_;
  std::vector<int> names_;  // of each shared part: how many members it names
  std::map<int, Parts> seen_;
  std::set<State> states_;
  std::deque<State> open_;
  std::vector<Value> registers_;
  Need need_;
  bool again_ = false;  // a number of its own was found: the search starts anew
};

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
        return stop(fmt::format("a value belongs to two of them: {}",
                                s_.layout->slot_name(static_cast<int>(slot))));
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

void Collector::forget() {
  shared_numbers_.clear();
  private_numbers_.clear();
  shared_values_.clear();
  private_values_.clear();
  names_.clear();
  seen_.clear();
  states_.clear();
  open_.clear();
  code_.clear();
  out_.history.clear();
  out_.faults.clear();
  std::fill(out_.bad.begin(), out_.bad.end(), 0);
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

// How many members the step and a view of what it makes need beside those that the state names,
// which come first; -1: what the members share does not let it happen.
int Collector::asked(const Transition& t, const State& state, int named, Terms::Memo& memo) {
  const auto here = [&](int slot, Term same) {
    return owner_[slot] < 0 ? s_.terms.constant(state[slot]) : same;
  };
  const auto at = [&](Term term) { return s_.terms.substitute(term, here, memo); };
  // Where some view faults, nothing is shown; else no state of any number of them does.
  const Term guard = at(t.unguarded);
  if (s_.terms.is_false(guard)) return -1;
  std::set<int> kept;
  for (int m = 0; m < named; ++m) kept.insert(m);
  for (const Label& label : t.labels) {
    for (const auto* values : {&label.args, &label.choices})
      for (const Value v : *values)
        if (const int m = member({members_[0].sort, v - 1}); m >= 0) kept.insert(m);
    if (label.instance >= 0)
      if (const int m = member(shape_.element_of(label.instance)); m >= 0) kept.insert(m);
  }
  const int more = static_cast<int>(kept.size()) - named;
  need_.keep(std::move(kept));
  const int before = more + need_.to_be_true(guard);
  int sum = before + width_;
  std::set<Term> counted;
  int own = 0;
  for (const auto& [slot, value] : t.updates) {
    const Term term = at(value);
    if (owner_[slot] < 0) {
      if (counted.insert(term).second) sum += need_.to_be_same(term);
    } else if (const auto& below = need_.members(term);
               below.size() > 1 || (below.size() == 1 && !below.count(owner_[slot]))) {
      own = std::max(own, need_.to_be_same(term, owner_[slot]));
    }
  }
  sum += own * (width_ + more + named);
  // That the step violates a property is one question, what it makes of a view is another.
  for (const StepCheck& check : t.checks)
    sum = std::max(sum, before + need_.to_be_true(at(check.bad)));
  return sum;
}

bool Collector::asks_for_more() {
  out_.wanted = std::max(3, 1 + quantifier_depth(*s_.model, members_[0].sort));
  if (count_ < out_.wanted) return !stop("the system has too few of them");
  int start = width_;
  for (const Term a : s_.assumptions) start += need_.to_be_true(a);
  std::set<Term> counted;
  for (const auto& [slot, value] : s_.initial_terms)
    if (counted.insert(value).second) start += need_.to_be_same(value, owner_[slot]);
  for (const Term bad : s_.bad)
    if (bad >= 0) start = std::max(start, need_.to_be_true(bad));
  out_.wanted = std::max(out_.wanted, start);
  if (start > count_) {
    stop("the start or a property looks at too many of them at once");
    return true;
  }
  return false;
}

int Collector::refers(int slot, Value value) const {
  if (value == 0) return -1;
  const SlotShape& shape = shape_[slot];
  if (shape.values == SlotShape::Values::Reference) return member({shape.refers, value - 1});
  if (shape.values == SlotShape::Values::Instance) return member(shape_.element_of(value - 1));
  return -1;
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
        return stop(fmt::format("one refers to another: {}", s_.layout->slot_name(slot)));
      if (shape_[slot].values == SlotShape::Values::Count && state[slot] != 0)
        return stop(slot < s_.data_slots()
                        ? fmt::format("they stand in a list: {}", s_.layout->slot_name(slot))
                        : "the order in which a loop undoes its turns for them matters");
      const int row = number(m, place_[slot], state[slot]);
      for (const auto& values : own_[place_[slot]])
        if (row < 0 && std::find(values.begin(), values.end(), state[slot]) != values.end())
          return stop(fmt::format("one has the number of another: {}", s_.layout->slot_name(slot)));
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

void Collector::subsets(const Multiset& of, std::size_t from, Multiset& some,
                        const std::function<void(const Multiset&)>& then) const {
  if (static_cast<int>(some.size()) == width_) return then(some);
  for (std::size_t i = from; i < of.size(); ++i) {
    some.push_back(of[i]);
    subsets(of, i + 1, some, then);
    some.pop_back();
  }
}

bool Collector::allowed(int shared, const Multiset& others) const {
  const Parts& parts = seen_.at(shared);
  bool all = true;
  Multiset some;
  subsets(others, 0, some, [&](const Multiset& view) { all = all && parts.views.count(view); });
  return all;
}

void Collector::choose(int shared, const std::vector<int>& from, std::size_t at, Multiset& some) {
  const int named = names_[shared];
  if (static_cast<int>(some.size()) == count_ - named) {
    Multiset others = some;
    std::sort(others.begin(), others.end());
    if (allowed(shared, others)) add(shared, others);
    return;
  }
  for (std::size_t i = at; i < from.size() && states_.size() <= kMostStates; ++i) {
    some.push_back(from[i]);
    choose(shared, from, i, some);
    some.pop_back();
  }
}

// All states that the new view makes possible.
void Collector::recombine(int shared, const Multiset& fresh) {
  const Parts& parts = seen_[shared];
  const std::vector<int> from(parts.singles.begin(), parts.singles.end());
  Multiset some = fresh;
  choose(shared, from, 0, some);
}

void Collector::add(const State& state) {
  Taken taken;
  if (!out_.obstacle.empty() || !take_apart(state, taken)) return;
  add(taken.shared, taken.others);
}

void Collector::add(int shared, const Multiset& others) {
  if (static_cast<int>(others.size()) < width_) {
    stop("a state names too many of them");
    return;
  }
  State state = put_together(shared, others);
  if (!states_.insert(state).second) return;
  open_.push_back(std::move(state));
  Parts& parts = seen_[shared];
  std::vector<Multiset> fresh;
  for (const int one : others) parts.singles.insert(one);
  Multiset some;
  subsets(others, 0, some, [&](const Multiset& view) {
    if (parts.views.insert(view).second) fresh.push_back(view);
  });
  for (const Multiset& view : fresh) recombine(shared, view);
}

State Collector::exchanged(const State& state, int first) const {
  State result(state.size(), 0);
  for (std::size_t slot = 0; slot < state.size(); ++slot) {
    const int to = moves_[first][slot], at = place_[slot];
    const int row = at < 0 ? -1 : number(owner_[slot], at, state[slot]);
    result[to] = row >= 0 ? own_[at][row][owner_[to]]
                          : shape_.moved(static_cast<int>(slot), state[slot], swaps_[first]);
  }
  return result;
}

std::vector<State> Collector::successors(const State& state, std::vector<int>* fired) {
  std::vector<State> all;
  const auto fire = [&](int id) {
    const Transition& t = s_.transitions[id];
    code_[id].run(state, registers_);
    if (!code_[id].at(0, registers_)) return;
    if (fired) fired->push_back(id);
    State next = state;
    for (std::size_t u = 0; u < t.updates.size(); ++u)
      next[t.updates[u].first] = code_[id].at(1 + t.checks.size() + u, registers_);
    if (fired)
      for (std::size_t c = 0; c < t.checks.size(); ++c)
        if (code_[id].at(1 + c, registers_)) out_.bad[t.checks[c].property] = 1;
    // Where a run ends is told apart from every state.
    if (t.fault != Fault::None) next.push_back(static_cast<Value>(t.fault));
    if (t.exhausted) next.push_back(-1);
    all.push_back(std::move(next));
  };
  for (std::size_t i = 0; i < s_.at.size(); ++i)
    for (const int id : s_.at[i][state[s_.point_slot[i]]]) fire(id);
  for (const int id : s_.anywhere) fire(id);
  return all;
}

// Two neighbours exchanged, the same steps are possible and lead to the same states, exchanged.
bool Collector::interchangeable(const State& state) {
  const auto sorted = [&](std::vector<State> all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  };
  bad_.run(state, registers_);
  std::vector<Value> bad;
  for (std::size_t p = 0; p < s_.bad.size(); ++p) bad.push_back(bad_.at(p, registers_));
  for (int m = 0; m + 1 < count_; ++m) {
    const State other = exchanged(state, m);
    bad_.run(other, registers_);
    for (std::size_t p = 0; p < s_.bad.size(); ++p)
      if (bad_.at(p, registers_) != bad[p])
        return stop(fmt::format("'{}' tells them apart", s_.model->properties[p].name),
                    s_.model->properties[p].origin.span);
    std::vector<int> ids;
    std::vector<State> here = successors(state, nullptr), there = successors(other, nullptr);
    for (State& next : here) {
      const bool ends = next.size() > state.size();
      const Value end = next.back();
      if (ends) next.pop_back();
      next = exchanged(next, m);
      if (ends) next.push_back(end);
    }
    here = sorted(std::move(here));
    if (here == sorted(std::move(there))) continue;
    // Which step it is that the other side does not have.
    successors(state, &ids);
    for (const int id : ids) {
      code_[id].run(state, registers_);
      State next = state;
      const Transition& t = s_.transitions[id];
      for (std::size_t u = 0; u < t.updates.size(); ++u)
        next[t.updates[u].first] = code_[id].at(1 + t.checks.size() + u, registers_);
      const State plain = next;
      next = exchanged(next, m);
      const auto all = successors(other, nullptr);
      if (std::find(all.begin(), all.end(), next) != all.end()) continue;
      std::string what;
      std::vector<int> least;
      std::size_t nearest = next.size();
      for (const State& candidate : all) {
        std::vector<int> different;
        for (std::size_t slot = 0; slot < next.size(); ++slot)
          if (next[slot] != candidate[slot]) different.push_back(static_cast<int>(slot));
        if (different.size() >= nearest) continue;
        nearest = different.size();
        what = different[0] < s_.data_slots() ? s_.layout->slot_name(different[0]) : "its control";
        least = std::move(different);
      }
      if (!least.empty() && learn(plain, least)) return false;
      const int stmt = t.labels[0].stmt;
      const model::Span span = stmt < 0 ? s_.model->events[t.labels[0].event].origin.span
                                        : s_.model->statement_by_id[stmt]->span;
      return stop(fmt::format("{} takes them in an order or tells them apart{}",
                              step_text(s_, t, state), what.empty() ? "" : " by " + what),
                  span);
    }
    return stop("a step tells them apart");
  }
  return true;
}

// A hash of all values but numbers of many: those may differ where nobody compares them.
std::uint32_t Collector::what_is_no_number(const State& state) const {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t slot = 0; slot < state.size(); ++slot) {
    const SlotRange& range = s_.slots[slot];
    const bool number = shape_[static_cast<int>(slot)].values == SlotShape::Values::Plain &&
                        std::int64_t{range.high} - range.low >= kManyValues &&
                        std::find(s_.point_slot.begin(), s_.point_slot.end(),
                                  static_cast<int>(slot)) == s_.point_slot.end();
    if (!number) hash = (hash ^ static_cast<std::uint32_t>(state[slot])) * 0x100000001b3u;
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

void Collector::expand(const State& state) {
  Taken here;
  if (!take_apart(state, here)) return;
  if (!interchangeable(state)) return;
  bad_.run(state, registers_);
  for (std::size_t p = 0; p < s_.bad.size(); ++p)
    if (s_.bad[p] >= 0 && bad_.at(p, registers_)) out_.bad[p] = 1;
  const int named = static_cast<int>(here.named.size());
  Terms::Memo memo;
  const auto wants = [&](int id) {
    const Transition& t = s_.transitions[id];
    const int asks = asked(t, state, named, memo);
    if (asks < 0) return;
    out_.wanted = std::max(out_.wanted, named + asks);
    if (named + asks <= count_) return;
    const int stmt = t.labels[0].stmt;
    stop(fmt::format("{} looks at {} of them at once", step_text(s_, t, state),
                     asks > count_ ? "all" : fmt::format("{}", asks)),
         stmt < 0 ? s_.model->events[t.labels[0].event].origin.span
                  : s_.model->statement_by_id[stmt]->span);
  };
  for (std::size_t i = 0; i < s_.at.size(); ++i)
    for (const int id : s_.at[i][state[s_.point_slot[i]]]) wants(id);
  for (const int id : s_.anywhere) wants(id);
  if (!out_.obstacle.empty()) return;
  std::vector<int> fired;
  const std::vector<State> all = successors(state, &fired);
  out_.history.push_back(static_cast<std::uint32_t>(here.shared));
  out_.history.push_back(what_is_no_number(state));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Transition& t = s_.transitions[fired[i]];
    out_.history.push_back(static_cast<std::uint32_t>(fired[i]));
    if (t.fault != Fault::None) {
      if (std::find(out_.faults.begin(), out_.faults.end(), t.fault) == out_.faults.end())
        out_.faults.push_back(t.fault);
    } else if (t.exhausted) {
      out_.exhausted_pool = true;
    } else {
      add(all[i]);
    }
    if (!out_.obstacle.empty()) return;
  }
}

void Collector::search() {
  const auto starts = initial_states(s_, kMostStarts);
  if (!starts) {
    stop("too many first states");
    return;
  }
  for (const Transition& t : s_.transitions) {
    std::vector<Term> roots = {t.guard};
    for (const StepCheck& c : t.checks) roots.push_back(c.bad);
    for (const auto& [slot, value] : t.updates) roots.push_back(value);
    code_.emplace_back(s_.terms, roots);
  }
  std::vector<Term> bad;
  for (const Term t : s_.bad) bad.push_back(t < 0 ? s_.terms.truth(false) : t);
  bad_ = Code(s_.terms, bad);
  for (const State& state : *starts) add(state);
  std::size_t looked_at = 0;
  while (!open_.empty() && out_.obstacle.empty() && !again_) {
    if ((++looked_at & 63) == 0 && limits_.expired()) {
      stop("time ran out");
      return;
    }
    const State state = std::move(open_.front());
    open_.pop_front();
    expand(state);
    if (states_.size() > kMostStates ||
        (limits_.memory && states_.size() * (state.size() * 4 + 64) > limits_.memory / 2))
      stop("too many ways to put views together");
  }
}

}  // namespace

Views collect_views(System& system, const std::vector<Element>& members, int width,
                    const Limits& limits) {
  return Collector(system, members, width, limits).run();
}

}  // namespace luproof::checker
