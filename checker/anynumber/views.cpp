// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/views.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/anynumber/collector.h"
#include "checker/anynumber/depth.h"
#include "checker/describe.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMostStarts = 4096;
constexpr std::int64_t kManyValues = 255;  // an enumeration of the packs has fewer
constexpr std::size_t kMostStates = 200'000;

}  // namespace

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
  const Quantified quantified = quantifier_depth(*s_.model, members_[0].sort);
  out_.wanted = std::max(3, 1 + quantified.depth);
  if (count_ < out_.wanted)
    return !stop(quantified.every ? "the number of them is looked at"
                 : quantified.counts.source
                     ? "their number is compared with more than were looked at"
                     : "the system has too few of them",
                 quantified.counts);
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

void Collector::compile_comparisons() {
  std::map<std::pair<Term, Term>, int> known;
  std::vector<Term> roots;
  sign_of_.clear();
  for (const auto& [a, b] : compared_) {
    const auto [at, fresh] = known.try_emplace({a, b}, static_cast<int>(known.size()));
    if (fresh) {
      roots.push_back(s_.terms.lt(a, b));
      roots.push_back(s_.terms.lt(b, a));
    }
    sign_of_.push_back(at->second);
  }
  signs_count_ = known.size();
  signs_ = Code(s_.terms, roots);
}

// A hash of how all of them go. That two numbers are not equal for the first and the last member
// says nothing of those between, unless it is the same side that is less: then that is so of all,
// numbers being linear.
std::uint32_t Collector::comparisons(const State& state) {
  signs_.run(state, registers_);
  std::vector<char> signs;
  for (std::size_t i = 0; i < signs_count_; ++i)
    signs.push_back(
        static_cast<char>(signs_.at(2 * i, registers_) + 2 * signs_.at(2 * i + 1, registers_)));
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const int which : sign_of_)
    hash = (hash ^ static_cast<std::uint8_t>(signs[which])) * 0x100000001b3u;
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
  out_.history.push_back(comparisons(state));
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
  compile_comparisons();
  for (const State& state : *starts) add(state);
  std::size_t looked_at = 0;
  while (!open_.empty() && out_.obstacle.empty() && !again_) {
    if ((++looked_at & 63) == 0 && limits_.expired()) {
      stop(kNoTime);
      return;
    }
    const State state = std::move(open_.front());
    open_.pop_front();
    expand(state);
    if (limits_.too_much(2 * states_.size() * (state.size() * 4 + 64))) stop(kNoMemory);
    if (states_.size() > kMostStates) stop("too many ways to put views together");
  }
}

Views collect_views(System& system, const std::vector<Element>& members, const Compared& compared,
                    int width, const Limits& limits) {
  return Collector(system, members, compared, width, limits).run();
}

}  // namespace luproof::checker
