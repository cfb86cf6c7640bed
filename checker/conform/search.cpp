// SPDX-License-Identifier: GPL-2.0-or-later
// The furthest place is taken first and, among those, the one with the fewest steps that nobody
// saw: an explanation is then found soon if there is one. If there is none, every place that can be
// reached has been looked at in the end.
#include "checker/conform/search.h"

#include <algorithm>

#include "checker/stopped.h"

namespace luproof::checker {

using model::Part;

namespace {

constexpr std::size_t kFirstStates = 100'000;
constexpr std::int8_t kNotKnown = 0, kFine = 1, kBad = 2;

std::uint64_t mix(std::uint64_t h) {
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
  return h ^ (h >> 31);
}

std::uint64_t hash_of(std::uint32_t position, std::uint32_t state, std::uint32_t crew) {
  return mix((static_cast<std::uint64_t>(position) << 32 | state) + 0x9E3779B97F4A7C15ull * crew);
}

}  // namespace

ConformSearch::ConformSearch(System& system, Partial& partial, const Shown& shown,
                             const Observations& observations, bool avoid,
                             const ConformOptions& options, const Limits& limits)
    : s_(system),
      partial_(partial),
      behind_(partial),
      shown_(shown),
      obs_(observations),
      avoid_(avoid),
      relevant_(relevant(system, shown, avoid)),
      options_(options),
      limits_(limits),
      store_(system) {
  table_.assign(1 << 12, 0);
  open_.resize(obs_.seen.size() + 1);
  guards_.resize(s_.transitions.size());
  effects_.resize(s_.transitions.size());
  crews_.emplace_back(s_.at.size());
  remainders_.emplace_back();
  std::vector<Term> roots;
  for (std::size_t p = 0; p < s_.bad.size(); ++p) {
    if (s_.bad[p] < 0 || s_.terms.is_false(s_.bad[p])) continue;
    watched_.push_back(static_cast<int>(p));
    roots.push_back(s_.bad[p]);
  }
  watch_ = Code(s_.terms, roots);
  watch_terms_ = std::move(roots);
  for (std::size_t slot = 0; slot < s_.slots.size(); ++slot)
    if (!relevant_.slots[slot])
      ignored_.emplace_back(static_cast<int>(slot), s_.initial.size() > slot && s_.initial[slot]
                                                        ? *s_.initial[slot]
                                                        : s_.slots[slot].low);
  for (const int id : s_.anywhere)
    if (relevant_.transitions[id]) by_themselves_.push_back(id);
  for (const Visible& visible : obs_.kernels) {
    never_heard_.emplace_back();
    for (const int id : by_themselves_)
      if (first_visible(id, visible) < 0) never_heard_.back().push_back(id);
  }
  int kernel = 0;
  for (const Seen& seen : obs_.seen) {
    kernel_of_.push_back(kernel);
    if (seen.kind == Seen::Kind::Kexec) ++kernel;
  }
  kernel_of_.push_back(kernel);
  for (const model::Component& c : s_.layout->components())
    if (c.part == Part::Budget)
      for (int i = 0; i < c.size; ++i)
        if (s_.initial[c.base + i]) budgets_.emplace_back(c.base + i, *s_.initial[c.base + i]);
}

const Visible& ConformSearch::kernel_at(std::size_t position) const {
  return obs_.kernels[static_cast<std::size_t>(kernel_of_[position])];
}

std::unique_ptr<ConformSearch::Compiled> ConformSearch::compiled(
    const std::vector<Term>& roots) const {
  auto made = std::make_unique<Compiled>();
  std::vector<char> support(s_.slots.size(), 0);
  for (const Term root : roots) s_.terms.support(root, support);
  for (const int slot : partial_.lazy())
    if (support[static_cast<std::size_t>(slot)]) made->lazy.push_back(slot);
  made->code = Code(s_.terms, roots);
  return made;
}

// Whether it may hang on what is not settled in the current state.
bool ConformSearch::may_hang(const Compiled& of) const {
  return open_state_ && std::any_of(of.lazy.begin(), of.lazy.end(),
                                    [&](int slot) { return partial_.unsettled(slot, current_); });
}

// Most steps are tried in vain, so guards are compiled apart.
const ConformSearch::Compiled& ConformSearch::guard(int transition) {
  auto& made = guards_[static_cast<std::size_t>(transition)];
  if (!made) made = compiled({s_.transitions[transition].guard});
  return *made;
}

const ConformSearch::Compiled& ConformSearch::effect(int transition) {
  auto& made = effects_[static_cast<std::size_t>(transition)];
  if (!made) {
    const Transition& t = s_.transitions[transition];
    std::vector<Term> roots;
    for (const StepCheck& c : t.checks) roots.push_back(c.bad);
    for (const auto& [slot, value] : t.updates)
      roots.push_back(relevant_.slots[static_cast<std::size_t>(slot)] ? value
                                                                      : s_.terms.truth(false));
    made = compiled(roots);
  }
  return *made;
}

bool ConformSearch::enabled(int transition, const State& state) {
  guard(transition).code.run(state, registers_);
  return guard(transition).code.at(0, registers_) != 0;
}

int ConformSearch::bad_state(const State& state) {
  watch_.run(state, watch_registers_);
  for (std::size_t i = 0; i < watched_.size(); ++i)
    if (watch_.at(i, watch_registers_)) return watched_[i];
  return -1;
}

int ConformSearch::bad_step(int transition, const State& before) {
  for (const StepCheck& check : s_.transitions[transition].checks)
    if (s_.terms.evaluate(check.bad, before)) return check.property;
  return -1;
}

void ConformSearch::add(std::uint32_t position, const State& state, std::uint32_t crew,
                        std::uint32_t parent, std::int32_t by, int cost) {
  if (cost > options_.most_unseen) return;
  const auto [number, fresh] = store_.insert(state);
  if (fresh) bad_known_.push_back(kNotKnown);
  if (avoid_ && !watched_.empty() && bad_known_[number] != kFine) {
    if (open_state_ && partial_.open(state))
      return add_settled(position, state, crew, parent, by, cost);
    std::int8_t& known = bad_known_[number];
    if (known == kNotKnown) known = bad_state(state) < 0 ? kFine : kBad;
    if (known == kBad) return;
  }
  insert(position, number, crew, parent, by, cost);
}

// Settles what decides whether a property is violated.
void ConformSearch::add_settled(std::uint32_t position, const State& state, std::uint32_t crew,
                                std::uint32_t parent, std::int32_t by, int cost) {
  const std::size_t before = settled_now_.size();
  behind_.look_at(state);
  for (const Term bad : watch_terms_) {
    const auto value = behind_.value(bad);
    if (value && *value) return;
    if (value) continue;
    const int slot = behind_.hangs_on(bad);
    for (const State& one : behind_.settled(state, slot)) {
      settled_now_.emplace_back(slot, one[static_cast<std::size_t>(slot)]);
      add_settled(position, one, crew, parent, by, cost);
      settled_now_.resize(before);
    }
    return;
  }
  const auto [number, fresh] = store_.insert(state);
  if (fresh) bad_known_.push_back(kFine);
  bad_known_[number] = kFine;
  insert(position, number, crew, parent, by, cost);
}

void ConformSearch::insert(std::uint32_t position, std::uint32_t number, std::uint32_t crew,
                           std::uint32_t parent, std::int32_t by, int cost) {
  if (places_.size() * 2 >= table_.size()) {
    table_.assign(table_.size() * 2, 0);
    const std::size_t mask = table_.size() - 1;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Spot& p = places_[i];
      std::size_t at = hash_of(p.position, p.state, p.crew) & mask;
      while (table_[at]) at = (at + 1) & mask;
      table_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash_of(position, number, crew) & mask;
  for (; table_[at]; at = (at + 1) & mask) {
    const Spot& p = places_[table_[at] - 1];
    if (p.position == position && p.state == number && p.crew == crew) return;
  }
  if (!settled_now_.empty())
    settled_.emplace(static_cast<std::uint32_t>(places_.size()), settled_now_);
  places_.push_back({position, number, crew, parent, by});
  table_[at] = static_cast<std::uint32_t>(places_.size());
  auto& heap = open_[position];
  heap.emplace_back(-cost, static_cast<std::uint32_t>(places_.size() - 1));
  std::push_heap(heap.begin(), heap.end());
  top_ = std::max<std::size_t>(top_, position);
  furthest_ = std::max<std::size_t>(furthest_, position);
}

bool ConformSearch::stopped() {
  const std::size_t bytes = store_.bytes() + places_.capacity() * sizeof(Spot) +
                            table_.capacity() * sizeof(std::uint32_t);
  if (std::string why = checker::stopped_by(limits_); !why.empty())
    stopped_by_ = std::move(why);
  else if (limits_.too_much(bytes))
    stopped_by_ = "memory";
  else if (places_.size() > options_.most_states)
    stopped_by_ = "states";
  return !stopped_by_.empty();
}

std::int64_t ConformSearch::run() {
  const auto starts = partial_.starts(kFirstStates);
  if (!starts) {
    stopped_by_ = "first states";
    return -1;
  }
  open_state_ = true;
  for (const State& state : *starts)  // one that begins is its own parent
    add(0, state, 0, static_cast<std::uint32_t>(places_.size()), -1, 0);
  for (std::size_t popped = 1; !places_.empty(); ++popped) {
    while (top_ > 0 && open_[top_].empty()) --top_;
    auto& heap = open_[top_];
    if (heap.empty()) return -1;
    std::pop_heap(heap.begin(), heap.end());
    const auto [cost, number] = heap.back();
    heap.pop_back();
    if (places_[number].position == obs_.seen.size()) return number;
    at_cost_ = -cost;
    expand(number);
    if ((popped & 0xff) == 0 && stopped()) return -1;
  }
  return -1;
}

}  // namespace luproof::checker
