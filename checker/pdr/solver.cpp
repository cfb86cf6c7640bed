// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/solver.h"

#include <algorithm>

namespace luproof::checker::pdr {
namespace {

constexpr std::uint32_t kHeader = 2;
constexpr std::uint32_t kLearnt = 1u << 31, kDead = 1u << 30, kSize = kDead - 1;
constexpr std::size_t kRestart = 100;         // conflicts between restarts
constexpr std::size_t kReturnedAtOnce = 500;  // switches, before their clauses are swept
constexpr std::size_t kWasted = 100'000;      // words of the arena that are worth a collection
constexpr double kDecay = 1 / 0.95, kLargest = 1e100;

Lit literal(std::uint32_t lit) {
  const Lit var = static_cast<Lit>(lit >> 1);
  return (lit & 1) != 0 ? -var : var;
}

}  // namespace

Solver::Solver(const Limits& limits) : limits_(limits) {
  fresh();  // no variable 0
  fresh();
  clause({kTrue});
}

Lit Solver::fresh() {
  if (!spare_.empty()) {
    const Lit lit = spare_.back();
    spare_.pop_back();
    return lit;
  }
  const auto var = static_cast<Lit>(values_.size());
  values_.push_back(0);
  phase_.push_back(-1);
  choice_.push_back(0);
  seen_.push_back(0);
  level_of_.push_back(0);
  reason_.push_back(kNone);
  activity_.push_back(0);
  heap_at_.push_back(-1);
  watches_.emplace_back();
  watches_.emplace_back();
  return var;
}

Lit Solver::fresh_choice() {
  const Lit lit = fresh();
  choice_[lit] = 1;
  heap_add(static_cast<std::uint32_t>(lit));
  return lit;
}

Lit Solver::borrow() { return fresh(); }

void Solver::give_back(Lit lit) {
  clause({-lit});
  returned_.push_back(lit);
  if (returned_.size() >= kReturnedAtOnce) simplify();
}

Solver::Ref Solver::store(const std::vector<std::uint32_t>& lits, bool learnt) {
  const Ref ref = static_cast<Ref>(arena_.size());
  arena_.push_back(static_cast<std::uint32_t>(lits.size()) | (learnt ? kLearnt : 0));
  arena_.push_back(static_cast<std::uint32_t>(conflicts_));
  arena_.insert(arena_.end(), lits.begin(), lits.end());
  (learnt ? learnts_ : originals_).push_back(ref);
  watch(ref);
  return ref;
}

void Solver::watch(Ref ref) {
  const std::uint32_t a = arena_[ref + kHeader], b = arena_[ref + kHeader + 1];
  watches_[a].push_back({ref, b});
  watches_[b].push_back({ref, a});
}

Solver::Ref Solver::add(std::vector<Lit> lits) {
  cancel(0);
  std::sort(lits.begin(), lits.end());
  lits.erase(std::unique(lits.begin(), lits.end()), lits.end());
  std::vector<std::uint32_t> kept;
  for (const Lit lit : lits) {
    if (truth(index(lit)) > 0 || (lit < 0 && std::binary_search(lits.begin(), lits.end(), -lit)))
      return kNone;
    if (truth(index(lit)) == 0) kept.push_back(index(lit));
  }
  if (kept.empty()) {
    broken_ = true;
  } else if (kept.size() == 1) {
    enqueue(kept[0], kNone);
    if (propagate() != kNone) broken_ = true;
  } else {
    return store(kept, false);
  }
  return kNone;
}

int Solver::removable(const std::vector<Lit>& lits) {
  const Ref ref = add(lits);
  int handle = static_cast<int>(handles_.size());
  if (!free_handles_.empty()) {
    handle = free_handles_.back();
    free_handles_.pop_back();
    handles_[handle] = ref;
  } else {
    handles_.push_back(ref);
  }
  if (ref != kNone) handle_of_[ref] = handle;
  return handle;
}

void Solver::remove(int clause) {
  const Ref ref = handles_[clause];
  free_handles_.push_back(clause);
  if (ref == kNone) return;
  cancel(0);
  handle_of_.erase(ref);
  arena_[ref] |= kDead;
  wasted_ += kHeader + (arena_[ref] & kSize);
  handles_[clause] = kNone;
  if (wasted_ > kWasted && wasted_ > arena_.size() / 2) collect();
}

void Solver::enqueue(std::uint32_t lit, Ref reason) {
  const std::uint32_t var = lit >> 1;
  values_[var] = (lit & 1) != 0 ? -1 : 1;
  level_of_[var] = level();
  reason_[var] = reason;
  trail_.push_back(lit);
}

Solver::Ref Solver::propagate() {
  Ref conflict = kNone;
  while (head_ < trail_.size()) {
    const std::uint32_t lit = trail_[head_++] ^ 1;  // became false
    std::vector<Watch>& watching = watches_[lit];
    std::size_t kept = 0, i = 0;
    for (; i < watching.size(); ++i) {
      const Watch w = watching[i];
      if (truth(w.blocker) > 0) {
        watching[kept++] = w;
        continue;
      }
      if ((arena_[w.ref] & kDead) != 0) continue;
      std::uint32_t* lits = arena_.data() + w.ref + kHeader;
      if (lits[0] == lit) std::swap(lits[0], lits[1]);
      const std::uint32_t first = lits[0];
      if (first != w.blocker && truth(first) > 0) {
        watching[kept++] = {w.ref, first};
        continue;
      }
      const std::uint32_t size = arena_[w.ref] & kSize;
      bool moved = false;
      for (std::uint32_t k = 2; k < size; ++k) {
        if (truth(lits[k]) < 0) continue;
        std::swap(lits[1], lits[k]);
        watches_[lits[1]].push_back({w.ref, first});
        moved = true;
        break;
      }
      if (moved) continue;
      watching[kept++] = {w.ref, first};
      if (truth(first) < 0) {
        conflict = w.ref;
        for (++i; i < watching.size(); ++i) watching[kept++] = watching[i];
        break;
      }
      enqueue(first, w.ref);
    }
    watching.resize(kept);
    if (conflict != kNone) break;
  }
  if (conflict != kNone) head_ = trail_.size();
  return conflict;
}

void Solver::cancel(int to) {
  if (level() <= to) return;
  while (trail_.size() > level_ends_[to]) {
    const std::uint32_t var = trail_.back() >> 1;
    phase_[var] = values_[var];
    values_[var] = 0;
    if (choice_[var] != 0) heap_add(var);
    trail_.pop_back();
  }
  level_ends_.resize(to);
  head_ = trail_.size();
}

void Solver::bump(std::uint32_t var) {
  if ((activity_[var] += step_) > kLargest) {
    for (double& a : activity_) a /= kLargest;
    step_ /= kLargest;
  }
  if (heap_at_[var] >= 0) heap_up(heap_at_[var]);
}

// To the first unique implication point.
int Solver::analyze(Ref conflict) {
  learnt_.assign(1, 0);
  std::vector<std::uint32_t> touched;
  std::size_t at = trail_.size();
  int open = 0;
  std::uint32_t lit = 0;
  Ref reason = conflict;
  do {
    const std::uint32_t size = arena_[reason] & kSize;
    arena_[reason + 1] = static_cast<std::uint32_t>(conflicts_);  // when it was last of use
    for (std::uint32_t k = 0; k < size; ++k) {
      const std::uint32_t other = arena_[reason + kHeader + k];
      const std::uint32_t var = other >> 1;
      if (other == lit || seen_[var] != 0 || level_of_[var] == 0) continue;
      seen_[var] = 1;
      touched.push_back(var);
      bump(var);
      if (level_of_[var] == level())
        ++open;
      else
        learnt_.push_back(other);
    }
    do lit = trail_[--at];
    while (seen_[lit >> 1] == 0);
    reason = reason_[lit >> 1];
  } while (--open > 0);
  learnt_[0] = lit ^ 1;
  // What follows from the rest need not be said.
  std::size_t kept = 1;
  for (std::size_t i = 1; i < learnt_.size(); ++i) {
    const Ref why = reason_[learnt_[i] >> 1];
    bool follows = why != kNone;
    for (std::uint32_t k = 0; follows && k < (arena_[why] & kSize); ++k) {
      const std::uint32_t var = arena_[why + kHeader + k] >> 1;
      follows = seen_[var] != 0 || level_of_[var] == 0;
    }
    if (!follows) learnt_[kept++] = learnt_[i];
  }
  learnt_.resize(kept);
  for (const std::uint32_t var : touched) seen_[var] = 0;
  int back = 0;
  for (std::size_t i = 1; i < learnt_.size(); ++i)
    if (level_of_[learnt_[i] >> 1] > back) {
      back = level_of_[learnt_[i] >> 1];
      std::swap(learnt_[1], learnt_[i]);
    }
  step_ *= kDecay;
  return back;
}

// The assumptions from which it follows that the assumption `lit` is false.
void Solver::final_core(std::uint32_t lit) {
  core_.assign(1, literal(lit));
  if (level() == 0) return;
  seen_[lit >> 1] = 1;
  for (std::size_t i = trail_.size(); i-- > level_ends_[0];) {
    const std::uint32_t var = trail_[i] >> 1;
    if (seen_[var] == 0) continue;
    seen_[var] = 0;
    const Ref reason = reason_[var];
    if (reason == kNone) {
      core_.push_back(literal(trail_[i]));
      continue;
    }
    for (std::uint32_t k = 0; k < (arena_[reason] & kSize); ++k) {
      const std::uint32_t other = arena_[reason + kHeader + k] >> 1;
      if (other != var && level_of_[other] > 0) seen_[other] = 1;
    }
  }
  seen_[lit >> 1] = 0;
}

std::uint32_t Solver::decide() {
  while (!heap_.empty()) {
    const std::uint32_t var = heap_[0];
    heap_at_[var] = -1;
    const std::uint32_t last = heap_.back();
    heap_.pop_back();
    if (last != var) {
      heap_[0] = last;
      heap_at_[last] = 0;
      heap_down(0);
    }
    if (values_[var] == 0) return 2 * var + (phase_[var] < 0 ? 1 : 0);
  }
  return 0;
}

bool Solver::stopped() const { return limits_.expired() || limits_.too_much(bytes()); }

Answer Solver::solve(const std::vector<Lit>& assumptions) {
  ++questions_;
  core_.clear();
  cancel(0);
  if (broken_) return Answer::Unsat;
  std::size_t until = conflicts_ + kRestart;
  for (;;) {
    const Ref conflict = propagate();
    if (conflict != kNone) {
      ++conflicts_;
      if (level() == 0) {
        broken_ = true;
        return Answer::Unsat;
      }
      const int back = analyze(conflict);
      cancel(back);
      if (learnt_.size() == 1) {
        enqueue(learnt_[0], kNone);
      } else {
        const Ref ref = store(learnt_, true);
        enqueue(learnt_[0], ref);
      }
      if ((conflicts_ & 0xff) == 0 && stopped()) {
        cancel(0);
        return Answer::Stopped;
      }
      continue;
    }
    if (conflicts_ >= until) {
      until = conflicts_ + kRestart;
      cancel(0);
      if (learnts_.size() > most_learnts_) reduce();
      continue;
    }
    if (static_cast<std::size_t>(level()) < assumptions.size()) {
      const std::uint32_t lit = index(assumptions[level()]);
      if (truth(lit) < 0) {
        final_core(lit);
        return Answer::Unsat;
      }
      level_ends_.push_back(trail_.size());
      if (truth(lit) == 0) enqueue(lit, kNone);
      continue;
    }
    const std::uint32_t lit = decide();
    if (lit == 0) {
      model_.assign(values_.begin(), values_.end());
      return Answer::Sat;
    }
    level_ends_.push_back(trail_.size());
    enqueue(lit, kNone);
  }
}

bool Solver::value(Lit lit) const { return lit < 0 ? model_[-lit] < 0 : model_[lit] > 0; }

std::size_t Solver::bytes() const {
  return arena_.capacity() * 4 + values_.size() * 80 + (originals_.size() + learnts_.size()) * 20 +
         gates() * 120;
}

// Half of what was learnt and did not help lately.
void Solver::reduce() {
  cancel(0);
  std::vector<Ref> order = learnts_;
  std::sort(order.begin(), order.end(), [&](Ref a, Ref b) {
    return std::pair(arena_[a + 1], a) < std::pair(arena_[b + 1], b);
  });
  for (std::size_t i = 0; i < order.size() / 2; ++i)
    if ((arena_[order[i]] & kSize) > 2) arena_[order[i]] |= kDead;
  most_learnts_ += most_learnts_ / 20;
  collect();
}

// Level 0: what is true for ever goes, and the switches that were given back may be used again.
void Solver::simplify() {
  cancel(0);
  for (const std::vector<Ref>* refs : {&learnts_, &originals_})
    for (const Ref ref : *refs)
      for (std::uint32_t k = 0; k < (arena_[ref] & kSize); ++k)
        if (truth(arena_[ref + kHeader + k]) > 0) arena_[ref] |= kDead;
  for (const std::uint32_t lit : trail_) reason_[lit >> 1] = kNone;
  collect();
  for (const Lit lit : returned_) {
    values_[lit] = 0;
    seen_[lit] = 2;
  }
  std::erase_if(trail_, [&](std::uint32_t lit) { return seen_[lit >> 1] == 2; });
  for (const Lit lit : returned_) seen_[lit] = 0;
  head_ = trail_.size();
  spare_.insert(spare_.end(), returned_.begin(), returned_.end());
  returned_.clear();
}

// At level 0: moves the clauses that are alive together, and watches them anew.
void Solver::collect() {
  for (std::vector<Watch>& w : watches_) w.clear();
  for (const std::uint32_t lit : trail_) reason_[lit >> 1] = kNone;
  std::vector<std::uint32_t> arena;
  arena.reserve(arena_.size());
  std::unordered_map<Ref, int> handles;
  for (std::vector<Ref>* refs : {&originals_, &learnts_}) {
    std::size_t kept = 0;
    for (const Ref ref : *refs) {
      const auto handle = handle_of_.find(ref);
      if ((arena_[ref] & kDead) != 0) {
        if (handle != handle_of_.end()) handles_[handle->second] = kNone;
        continue;
      }
      const Ref moved = static_cast<Ref>(arena.size());
      arena.insert(arena.end(), arena_.begin() + ref,
                   arena_.begin() + ref + kHeader + (arena_[ref] & kSize));
      if (handle != handle_of_.end()) {
        handles_[handle->second] = moved;
        handles[moved] = handle->second;
      }
      (*refs)[kept++] = moved;
    }
    refs->resize(kept);
  }
  arena_ = std::move(arena);
  handle_of_ = std::move(handles);
  wasted_ = 0;
  // A watched literal must not be false while another one is not.
  for (const std::vector<Ref>* refs : {&originals_, &learnts_})
    for (const Ref ref : *refs) {
      std::uint32_t* lits = arena_.data() + ref + kHeader;
      std::stable_partition(lits, lits + (arena_[ref] & kSize),
                            [&](std::uint32_t lit) { return truth(lit) >= 0; });
      watch(ref);
    }
}

void Solver::heap_up(std::size_t at) {
  const std::uint32_t var = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (activity_[heap_[parent]] >= activity_[var]) break;
    heap_[at] = heap_[parent];
    heap_at_[heap_[at]] = static_cast<int>(at);
    at = parent;
  }
  heap_[at] = var;
  heap_at_[var] = static_cast<int>(at);
}

void Solver::heap_down(std::size_t at) {
  const std::uint32_t var = heap_[at];
  for (;;) {
    std::size_t kid = 2 * at + 1;
    if (kid >= heap_.size()) break;
    if (kid + 1 < heap_.size() && activity_[heap_[kid + 1]] > activity_[heap_[kid]]) ++kid;
    if (activity_[heap_[kid]] <= activity_[var]) break;
    heap_[at] = heap_[kid];
    heap_at_[heap_[at]] = static_cast<int>(at);
    at = kid;
  }
  heap_[at] = var;
  heap_at_[var] = static_cast<int>(at);
}

void Solver::heap_add(std::uint32_t var) {
  if (heap_at_[var] >= 0) return;
  heap_.push_back(var);
  heap_up(heap_.size() - 1);
}

}  // namespace luproof::checker::pdr
