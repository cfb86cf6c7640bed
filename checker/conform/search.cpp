// SPDX-License-Identifier: GPL-2.0-or-later
// The furthest place is taken first and, among those, the one with the fewest steps that nobody
// saw: an explanation is then found soon if there is one. If there is none, every place that can be
// reached has been looked at in the end.
#include "checker/conform/search.h"

#include <algorithm>

namespace luproof::checker {

using model::Part;

namespace {

constexpr std::size_t kFirstStates = 100'000;
constexpr std::int8_t kNotKnown = 0, kFine = 1, kBad = 2;
constexpr int kUnseenCall = 1, kUnseenAct = 2, kFreeStep = 1, kOtherActor = 1;

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

std::unique_ptr<ConformSearch::Compiled> ConformSearch::compiled(std::vector<Term> roots) const {
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
    made = compiled(std::move(roots));
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

std::uint32_t ConformSearch::intern(std::vector<Hand> crew) {
  std::vector<Value> flat;
  bool idle = true;
  for (const Hand& h : crew) {
    idle = idle && h == Hand{};
    flat.insert(flat.end(), {h.task, h.depth, h.excused, h.remaining});
  }
  if (idle) return 0;
  const auto [at, fresh] =
      crew_index_.emplace(std::move(flat), static_cast<std::uint32_t>(crews_.size()));
  if (fresh) crews_.push_back(std::move(crew));
  return at->second;
}

std::optional<Value> ConformSearch::see(Term t) {
  if (!open_state_) return s_.terms.evaluate(t, current_);
  const auto value = partial_.value(t);
  if (!value) hangs_ = t;
  return value;
}

// What a step shows beyond the line that was matched, with the values it has there.
std::optional<Value> ConformSearch::keep(const std::vector<Emission>& all, std::size_t from,
                                         const Visible& kernel) {
  std::vector<Value> flat;
  for (std::size_t i = from; i < all.size(); ++i) {
    const Emission& e = all[i];
    if (!Shown::visible(e, kernel)) continue;
    const auto result = e.result < 0 ? std::optional<Value>(kUnknownValue) : see(e.result);
    if (!result) return std::nullopt;
    flat.insert(flat.end(), {static_cast<Value>(e.kind), e.subject, *result,
                             static_cast<Value>(e.args.size())});
    for (const Term arg : e.args) {
      const auto value = see(arg);
      if (!value) return std::nullopt;
      flat.push_back(*value);
    }
  }
  return intern_rest(std::move(flat));
}

Value ConformSearch::intern_rest(std::vector<Value> rest) {
  if (rest.empty()) return 0;
  const auto [at, fresh] = remainder_index_.emplace(rest, static_cast<Value>(remainders_.size()));
  if (fresh) remainders_.push_back(std::move(rest));
  return at->second;
}

int ConformSearch::first_visible(int transition, const Visible& kernel) const {
  const auto& all = shown_.of(transition);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (Shown::visible(all[i], kernel)) return static_cast<int>(i);
  return -1;
}

namespace {

// The instance that is in a call of this task, or -1.
int bound_to(int task, const std::vector<Hand>& crew) {
  for (std::size_t i = 0; i < crew.size() && task != 0; ++i)
    if (crew[i].task == task) return static_cast<int>(i);
  return -1;
}

bool same_result(Value model, Value seen, bool errors, bool excused) {
  if (seen == kUnknownValue || model == kUnknownValue || model == seen) return true;
  return errors && excused && model != 0 && seen != 0;
}

}  // namespace

// nullopt: it hangs on what is not settled.
std::optional<bool> ConformSearch::fits(const Emission& e, const Seen& seen, bool excused) {
  if (e.kind != seen.kind || e.subject != seen.subject) return false;
  for (std::size_t i = 0; i < std::min(e.args.size(), seen.args.size()); ++i) {
    if (seen.args[i] == kUnknownValue) continue;
    const auto value = see(e.args[i]);
    if (!value) return std::nullopt;
    if (*value != seen.args[i]) return false;
  }
  if (e.result < 0 || seen.result == kUnknownValue) return true;
  const auto result = see(e.result);
  if (!result) return std::nullopt;
  const bool errors = s_.model->procedures[e.subject].result.kind == model::Type::Kind::Errno;
  return same_result(*result, seen.result, errors, excused);
}

bool ConformSearch::fits(const std::vector<Value>& remaining, const Seen& seen,
                         bool excused) const {
  if (remaining[0] != static_cast<Value>(seen.kind) || remaining[1] != seen.subject) return false;
  const auto count = static_cast<std::size_t>(remaining[3]);
  for (std::size_t i = 0; i < std::min(count, seen.args.size()); ++i)
    if (seen.args[i] != kUnknownValue && remaining[4 + i] != seen.args[i]) return false;
  if (seen.kind != Seen::Kind::Leave) return true;
  const bool errors = s_.model->procedures[seen.subject].result.kind == model::Type::Kind::Errno;
  return same_result(remaining[2], seen.result, errors, excused);
}

std::optional<std::uint32_t> ConformSearch::crew_after(int transition, const Seen* seen,
                                                       int heard) {
  const Transition& t = s_.transitions[transition];
  if (t.kexec) return 0;
  if (t.instance < 0) return at_.crew;
  std::vector<Hand> crew = crews_[at_.crew];
  Hand& hand = crew[t.instance];
  if (seen != nullptr && seen->task != 0) hand.task = seen->task;
  hand.depth = std::max(0, hand.depth + shown_.depth(transition));
  const Label& label = t.labels.front();
  if (t.environment && label.event < 0) hand.excused = 1;
  hand.remaining = 0;
  if (heard >= 0) {
    const auto rest =
        keep(shown_.of(transition), static_cast<std::size_t>(heard) + 1, kernel_at(at_.position));
    if (!rest) return std::nullopt;
    hand.remaining = *rest;
  }
  if (hand.depth == 0 && hand.remaining == 0) hand = Hand{};
  return intern(std::move(crew));
}

// Takes a step, if it can be taken and shows what was seen, by emission `heard`; without `seen` its
// lines up to that one are missing, and `further` observations are explained by that.
void ConformSearch::take(int id, const Seen* seen, int heard, std::size_t further, int cost) {
  if (s_.transitions[id].exhausted) return;
  if (attempt(id, seen, heard, further, cost) || !open_state_) return;
  // Once for each value of what it hangs on.
  const int slot = partial_.hangs_on(hangs_);
  const State before = current_;
  for (const State& one : partial_.settled(before, slot)) {
    current_ = one;
    partial_.look_at(current_);
    settled_now_.emplace_back(slot, one[static_cast<std::size_t>(slot)]);
    take(id, seen, heard, further, cost);
    settled_now_.pop_back();
  }
  current_ = before;
  partial_.look_at(current_);
}

// False if whether it can be taken, or what it does, hangs on what is not settled.
bool ConformSearch::attempt(int id, const Seen* seen, int heard, std::size_t further, int cost) {
  const Transition& t = s_.transitions[id];
  if (seen != nullptr) {
    const bool excused = t.instance >= 0 && crews_[at_.crew][t.instance].excused != 0;
    const auto fit = fits(shown_.of(id)[heard], *seen, excused);
    if (!fit) return false;
    if (!*fit) return true;
  }
  if (may_hang(guard(id))) {
    const auto possible = see(t.guard);
    if (!possible) return false;
    if (!*possible) return true;
  } else if (!enabled(id, current_)) {
    return true;
  }
  if (t.fault != Fault::None) {
    if (!avoid_ && (fault_ < 0 || at_.position > places_[fault_place_].position)) {
      fault_ = id;
      fault_place_ = at_number_;
    }
    return true;
  }
  const bool hanging = may_hang(effect(id));
  if (!hanging) effect(id).code.run(current_, registers_);
  const auto value = [&](Term term, std::size_t root) {
    return hanging ? see(term) : std::optional<Value>(effect(id).code.at(root, registers_));
  };
  for (std::size_t c = 0; avoid_ && c < t.checks.size(); ++c) {
    const auto bad = value(t.checks[c].bad, c);
    if (!bad) return false;
    if (*bad) return true;
  }
  next_ = current_;
  for (std::size_t u = 0; u < t.updates.size(); ++u) {
    const auto& [slot, term] = t.updates[u];
    if (!relevant_.slots[static_cast<std::size_t>(slot)]) continue;
    const auto now = value(term, t.checks.size() + u);
    if (!now) return false;
    next_[slot] = *now;
  }
  // How often the environment may act is no matter here: what was seen has happened.
  if (t.environment)
    for (const auto& [slot, full] : budgets_) next_[slot] = full;
  const auto crew = crew_after(id, seen, heard);
  if (!crew) return false;
  for (const auto& [slot, fixed] : ignored_) next_[slot] = fixed;
  const State result = next_;  // settling it goes on with other states
  const bool next_kernel = t.kexec && obs_.seen[at_.position].kind == Seen::Kind::Kexec;
  add(at_.position + (seen != nullptr || next_kernel ? 1 : further), result, *crew, at_number_, id,
      at_cost_ + cost);
  return true;
}

// The next thing that the last step of an instance still had to show has been explained.
void ConformSearch::heard_rest(std::size_t instance, int cost) {
  std::vector<Hand> next = crews_[at_.crew];
  const std::vector<Value>& rest = remainders_[next[instance].remaining];
  next[instance].remaining = intern_rest({rest.begin() + 4 + rest[3], rest.end()});
  if (next[instance].depth == 0 && next[instance].remaining == 0) next[instance] = Hand{};
  add(at_.position + 1, current_, intern(std::move(next)), at_number_, -1, at_cost_ + cost);
}

void ConformSearch::observed(const Seen& seen) {
  const Visible& kernel = kernel_at(at_.position);
  const std::vector<Hand> crew = crews_[at_.crew];
  const int bound = bound_to(seen.task, crew);
  for (std::size_t i = 0; i < crew.size(); ++i) {
    if (bound >= 0 ? static_cast<int>(i) != bound : seen.task != 0 && crew[i].task != 0) continue;
    if (crew[i].remaining != 0) {
      const std::vector<Value>& rest = remainders_[crew[i].remaining];
      if (!fits(rest, seen, crew[i].excused != 0)) continue;
      heard_rest(i, 0);
      continue;
    }
    for (const int id : s_.at[i][current_[s_.point_slot[i]]]) {
      const int first = first_visible(id, kernel);
      if (first < 0 || s_.transitions[id].kexec) continue;
      take(id, &seen, first, 0, 0);
    }
  }
  if (seen.kind != Seen::Kind::Event) return;
  for (const int id : shown_.by_itself(seen))  // another event may have the same key
    if (s_.transitions[id].labels.front().event == seen.subject) take(id, &seen, 0, 0, 0);
}

// Steps that no line would have shown; where lines are missing, also those that they would have.
void ConformSearch::hidden(Missing missing, bool kexec) {
  const Visible& kernel = kernel_at(at_.position);
  const std::vector<Hand> crew = crews_[at_.crew];
  const int bound = bound_to(obs_.seen[at_.position].task, crew);
  for (std::size_t i = 0; i < crew.size(); ++i) {
    if (crew[i].remaining != 0 && missing != Missing::All) continue;
    for (const int id : s_.at[i][current_[s_.point_slot[i]]]) {
      const Transition& t = s_.transitions[id];
      if (t.kexec != kexec) continue;
      const bool seen = !kexec && first_visible(id, kernel) >= 0;
      if (seen && missing == Missing::None) continue;
      int cost = seen ? kFreeStep : 0;
      if (t.environment && crew[i].depth == 0) cost += kUnseenAct;
      if (crew[i].depth == 0 && shown_.depth(id) > 0) cost += kUnseenCall;
      if (bound >= 0 && bound != static_cast<int>(i)) cost += kOtherActor;
      if (seen)
        unheard(id, kernel, missing, cost);
      else
        take(id, nullptr, -1, 0, cost);
    }
  }
  if (kexec) return;
  const auto& events = missing == Missing::None
                           ? never_heard_[static_cast<std::size_t>(kernel_of_[at_.position])]
                           : by_themselves_;
  for (const int id : events) {
    const bool seen = first_visible(id, kernel) >= 0;
    const int cost = s_.transitions[id].environment ? kUnseenAct : kUnseenCall;
    if (!seen)
      take(id, nullptr, -1, 0, cost);
    else
      unheard(id, kernel, missing, cost);
  }
}

// A step whose first line is missing; what it shows after that may be missing too, or not.
void ConformSearch::unheard(int id, const Visible& kernel, Missing missing, int cost) {
  const auto& all = shown_.of(id);
  for (std::size_t e = 0; e < all.size(); ++e) {
    if (!Shown::visible(all[e], kernel)) continue;
    take(id, nullptr, static_cast<int>(e), missing == Missing::One ? 1 : 0, cost);
    if (missing == Missing::One) return;
  }
}

// What a step still had to show is missing.
void ConformSearch::forget_one() {
  const std::vector<Hand> crew = crews_[at_.crew];
  for (std::size_t i = 0; i < crew.size(); ++i)
    if (crew[i].remaining != 0) heard_rest(i, kFreeStep);
}

void ConformSearch::expand(std::uint32_t number) {
  at_ = places_[number];
  at_number_ = number;
  store_.unpack(at_.state, current_);
  open_state_ = partial_.open(current_);
  if (open_state_) partial_.look_at(current_);
  const Seen& seen = obs_.seen[at_.position];
  switch (seen.kind) {
    case Seen::Kind::Gap:
      add(at_.position + 1, current_, at_.crew, number, -1, at_cost_);
      // Lines that are missing may be those that a step still had to show.
      if (at_.crew != 0) add(at_.position, current_, 0, number, -1, at_cost_ + kFreeStep);
      hidden(Missing::All, false);
      // A capture that begins in the middle may be of any kernel.
      if (at_.position == 0) hidden(Missing::None, true);
      break;
    case Seen::Kind::Any:
      add(at_.position + 1, current_, at_.crew, number, -1, at_cost_);
      forget_one();
      hidden(Missing::One, false);
      break;
    case Seen::Kind::Kexec: {
      const bool ended = kernel_at(at_.position).to_the_end;
      if (!ended && at_.crew != 0) add(at_.position, current_, 0, number, -1, at_cost_);
      hidden(Missing::None, true);
      hidden(ended ? Missing::None : Missing::All, false);
      break;
    }
    default:
      observed(seen);
      hidden(Missing::None, false);
  }
}

bool ConformSearch::stopped() {
  const std::size_t bytes = store_.bytes() + places_.capacity() * sizeof(Spot) +
                            table_.capacity() * sizeof(std::uint32_t);
  if (limits_.interrupted && *limits_.interrupted)
    stopped_by_ = "interrupt";
  else if (std::chrono::steady_clock::now() > limits_.deadline)
    stopped_by_ = "timeout";
  else if (limits_.memory && bytes > limits_.memory)
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
