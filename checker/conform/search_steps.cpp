// SPDX-License-Identifier: GPL-2.0-or-later
// Which steps lead on from a place: those that show the next observation, and those that nobody
// would have seen.
#include <algorithm>

#include "checker/conform/search.h"

namespace luproof::checker {

namespace {

constexpr int kUnseenCall = 1, kUnseenAct = 2, kFreeStep = 1, kOtherActor = 1;

// The instance that is in a call of this task, or -1.
int bound_to(int task, const std::vector<Hand>& crew) {
  for (std::size_t i = 0; i < crew.size() && task != 0; ++i)
    if (crew[i].task == task) return static_cast<int>(i);
  return -1;
}

}  // namespace

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

}  // namespace luproof::checker
