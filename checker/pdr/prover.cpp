// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/prover.h"

#include <algorithm>
#include <limits>

#include "checker/stopped.h"

namespace luproof::checker::pdr {
namespace {

bool is_in(const Cube& cube, Lit lit) { return std::binary_search(cube.begin(), cube.end(), lit); }

}  // namespace

std::uint64_t Prover::signature(const Cube& cube) {
  std::uint64_t bits = 0;
  for (const Lit lit : cube)
    bits |= std::uint64_t{1} << ((static_cast<std::uint32_t>(lit) * 0x9E3779B1u) >> 26);
  return bits;
}

std::size_t Prover::clauses() const {
  std::size_t n = 0;
  for (const auto& frame : frames_) n += frame.size();
  return n;
}

std::string Prover::stopped_by() const {
  std::string why = checker::stopped_by(limits_);
  const bool full = why.empty() && limits_.too_much(solver_.bytes());
  return full ? "memory" : why;
}

void Prover::add_level() {
  frames_.emplace_back();
  levels_.push_back(solver_.fresh());
  if (levels_.size() > 2) solver_.clause({-levels_[levels_.size() - 2], levels_.back()});
}

// Does `step` lead from the frame into the cube? `used`: the part of the cube that it cannot reach.
Answer Prover::ask(int step, int level, const Cube& cube, Lit extra, Cube& used) {
  std::vector<Lit> assumed = {base(level)};
  if (extra != kTrue) assumed.push_back(extra);
  const std::vector<Lit>& needs = steps_.needs(step);
  assumed.insert(assumed.end(), needs.begin(), needs.end());
  used.clear();
  std::vector<std::pair<Lit, Lit>> origin;
  for (const Lit lit : cube) {
    const Lit before = steps_.before(step, lit);
    if (before == kTrue) continue;
    if (before == kFalse) {
      used.assign(1, lit);
      return Answer::Unsat;
    }
    origin.emplace_back(before, lit);
    assumed.push_back(before);
  }
  const Answer answer = solver_.solve(assumed);
  if (answer != Answer::Unsat) return answer;
  std::sort(origin.begin(), origin.end());
  for (const Lit lit : solver_.core()) {
    const auto at = std::lower_bound(origin.begin(), origin.end(),
                                     std::pair(lit, std::numeric_limits<Lit>::min()));
    if (at != origin.end() && at->first == lit) used.push_back(at->second);
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return answer;
}

void Prover::writers_of(const Cube& cube, std::vector<int>& result) {
  marked_.resize(steps_.steps().size(), 0);
  ++mark_;
  int last = -1;
  for (const Lit lit : cube) {
    const int slot = steps_.meaning(lit).slot;
    if (slot == last) continue;
    last = slot;
    for (const int step : steps_.writers(slot)) {
      if (marked_[step] == mark_) continue;
      marked_[step] = mark_;
      result.push_back(step);
    }
  }
}

Answer Prover::blocked_from(int level, const Cube& cube, Lit outside, std::vector<Excuse>& excuses,
                            int& step) {
  std::vector<int> writers;
  writers_of(cube, writers);
  if (step >= 0) {  // the one that led into it last time is asked first
    const auto at = std::find(writers.begin(), writers.end(), step);
    if (at != writers.end()) std::swap(*at, writers.front());
  }
  excuses.clear();
  for (const int writer : writers) {
    Excuse excuse{writer, {}, true};
    for (const Lit lit : cube)
      if (steps_.refuses(writer, lit)) excuse.used.push_back(lit);
    if (excuse.used.empty()) {
      excuse.cheap = false;
      const Answer answer = ask(writer, level, cube, outside, excuse.used);
      if (answer != Answer::Unsat) {
        step = writer;
        return answer;
      }
    }
    excuses.push_back(std::move(excuse));
  }
  return Answer::Unsat;
}

// Unsat: no first state is in the cube, and `used` is why.
Answer Prover::outside_first(const Cube& cube, Cube& used) {
  used.clear();
  for (const Lit lit : cube)
    if (steps_.never_first(lit)) {
      used.push_back(lit);
      return Answer::Unsat;
    }
  std::vector<Lit> assumed = {steps_.start()};
  assumed.insert(assumed.end(), cube.begin(), cube.end());
  const Answer answer = solver_.solve(assumed);
  if (answer == Answer::Unsat)
    for (const Lit lit : solver_.core())
      if (is_in(cube, lit)) used.push_back(lit);
  std::sort(used.begin(), used.end());
  return answer;
}

// The part of the cube that the excuses need. Where a step is refused by several literals alone,
// one that is needed anyway is taken.
Cube Prover::joined(const Cube& cube, const std::vector<Excuse>& excuses, const Cube& first) const {
  Cube result = first;
  for (const Excuse& e : excuses)
    if (!e.cheap || e.used.size() == 1) result.insert(result.end(), e.used.begin(), e.used.end());
  const auto tidy = [&] {
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
  };
  tidy();
  std::vector<const Excuse*> open;
  for (const Excuse& e : excuses)
    if (e.cheap &&
        std::none_of(e.used.begin(), e.used.end(), [&](Lit lit) { return is_in(result, lit); }))
      open.push_back(&e);
  while (!open.empty()) {
    std::unordered_map<Lit, int> count;
    for (const Excuse* e : open)
      for (const Lit lit : e->used) ++count[lit];
    Lit best = open[0]->used[0];
    for (const Lit lit : cube)
      if (const auto at = count.find(lit); at != count.end() && at->second > count[best])
        best = lit;
    result.push_back(best);
    std::erase_if(open, [&](const Excuse* e) { return is_in(e->used, best); });
  }
  tidy();
  return result;
}

// Tries to do without some of the cube: only what rested on it is asked again.
bool Prover::drop(Cube& cube, const Cube& without, int level, std::vector<Excuse>& excuses,
                  Cube& first) {
  if (without.empty()) return false;
  Cube new_first = first;
  if (!std::includes(without.begin(), without.end(), first.begin(), first.end()) &&
      outside_first(without, new_first) != Answer::Unsat)
    return false;
  const Lit outside = solver_.borrow();
  std::vector<Lit> clause = {-outside};
  for (const Lit lit : without) clause.push_back(-lit);
  solver_.clause(clause);
  std::vector<Excuse> next;
  bool can = true;
  for (const Excuse& e : excuses) {
    if (std::none_of(without.begin(), without.end(),
                     [&](Lit lit) { return steps_.writes(e.step, steps_.meaning(lit).slot); }))
      continue;
    Excuse kept{e.step, {}, e.cheap};
    std::set_intersection(e.used.begin(), e.used.end(), without.begin(), without.end(),
                          std::back_inserter(kept.used));
    const bool fits = e.cheap ? !kept.used.empty() : kept.used.size() == e.used.size();
    if (!fits) {
      kept.cheap = false;
      if (ask(e.step, level, without, outside, kept.used) != Answer::Unsat) {
        can = false;
        break;
      }
    }
    next.push_back(std::move(kept));
  }
  solver_.give_back(outside);
  if (!can) return false;
  cube = joined(without, next, new_first);
  // An excuse that names more than is left does not exist: all of them are in the joined cube.
  for (Excuse& e : next)
    if (e.cheap) std::erase_if(e.used, [&](Lit lit) { return !is_in(cube, lit); });
  excuses = std::move(next);
  first = std::move(new_first);
  return true;
}

Cube Prover::generalise(Cube cube, int level, std::vector<Excuse> excuses, Cube first) {
  // Whole slots first: data, then control, which many steps look at.
  std::vector<int> slots;
  for (const Lit lit : cube) slots.push_back(steps_.meaning(lit).slot);
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  for (const int slot : slots) {
    if (stopped_by() != "") return cube;
    Cube without;
    for (const Lit lit : cube)
      if (steps_.meaning(lit).slot != slot) without.push_back(lit);
    if (without.size() != cube.size()) drop(cube, without, level, excuses, first);
  }
  if (defect_ == Defect::Generalisation && cube.size() > 1) cube.pop_back();
  return cube;
}

void Prover::refuse(Cube cube, int level) {
  const std::uint64_t own = signature(cube);
  for (int k = 1; k <= level; ++k)
    std::erase_if(frames_[k], [&](const Blocked& old) {
      const bool weaker = (own & ~old.signature) == 0 && old.cube.size() >= cube.size() &&
                          std::includes(old.cube.begin(), old.cube.end(), cube.begin(), cube.end());
      if (weaker) solver_.remove(old.handle);
      return weaker;
    });
  std::vector<Lit> clause = {-levels_[level]};
  for (const Lit lit : cube) clause.push_back(-lit);
  const int handle = solver_.removable(clause);
  frames_[level].push_back({std::move(cube), own, handle, -1});
}

bool Prover::refused(const Cube& cube, int level) const {
  const std::uint64_t own = signature(cube);
  for (std::size_t k = static_cast<std::size_t>(level); k < frames_.size(); ++k)
    for (const Blocked& b : frames_[k])
      if ((b.signature & ~own) == 0 && b.cube.size() <= cube.size() &&
          std::includes(cube.begin(), cube.end(), b.cube.begin(), b.cube.end()))
        return true;
  return false;
}

Cube Prover::damaged(Cube lifted) {
  if (defect_ == Defect::Lifting && lifted.size() > 1) lifted.pop_back();
  return lifted;
}

void Prover::found(int obligation, const State& first) {
  trace_ = {};
  trace_.first = first;
  for (int o = obligation; o >= 0; o = obligations_[o].parent) {
    const Obligation& at = obligations_[o];
    if (at.step >= 0) trace_.taken.push_back(steps_.steps()[at.step].transition);
    if (at.way >= 0) {
      const Way& way = (*ways_)[at.way];
      trace_.target = way.target;
      if (way.transition >= 0) trace_.taken.push_back(way.transition);
    }
  }
  found_ = true;
}

// One obligation: refuse it, or find what leads to it. false: a run was found, or a limit reached.
bool Prover::block(const Entry& entry) {
  const int top = depth();
  const Cube cube = obligations_[entry.obligation].cube;
  Cube first;
  const Answer starts = outside_first(cube, first);
  if (starts == Answer::Sat) {
    found(entry.obligation, steps_.state());
    return false;
  }
  if (starts == Answer::Stopped) {
    stopped_ = true;
    return false;
  }
  if (refused(cube, entry.level)) {
    if (entry.level < top) queue_.push({entry.level + 1, entry.depth, entry.obligation});
    return true;
  }
  const Lit outside = solver_.borrow();
  std::vector<Lit> clause = {-outside};
  for (const Lit lit : cube) clause.push_back(-lit);
  solver_.clause(clause);
  std::vector<Excuse> excuses;
  int step = -1;
  const Answer answer = blocked_from(entry.level - 1, cube, outside, excuses, step);
  if (answer == Answer::Stopped) {
    stopped_ = true;
    return false;
  }
  if (answer == Answer::Sat) {
    const State state = steps_.state();
    solver_.give_back(outside);
    obligations_.push_back({damaged(steps_.lift(state, step, cube)), entry.obligation, step, -1});
    const int made = static_cast<int>(obligations_.size()) - 1;
    if (entry.level == 1) {
      found(made, state);
      return false;
    }
    queue_.push({entry.level - 1, entry.depth + 1, made});
    queue_.push(entry);
    return true;
  }
  solver_.give_back(outside);
  Cube small = joined(cube, excuses, first);
  for (Excuse& e : excuses)
    if (e.cheap) std::erase_if(e.used, [&](Lit lit) { return !is_in(small, lit); });
  small = generalise(std::move(small), entry.level - 1, std::move(excuses), first);
  int level = entry.level;
  while (level < top) {  // as far up as it is true
    std::vector<Excuse> ignored;
    int obstacle = -1;
    const Lit beyond = solver_.borrow();
    std::vector<Lit> other = {-beyond};
    for (const Lit lit : small) other.push_back(-lit);
    solver_.clause(other);
    const Answer higher = blocked_from(level, small, beyond, ignored, obstacle);
    solver_.give_back(beyond);
    if (higher != Answer::Unsat) break;
    ++level;
  }
  refuse(std::move(small), level);
  if (level < top) queue_.push({level + 1, entry.depth, entry.obligation});
  return true;
}

bool Prover::push_one(int level, Blocked& clause) {
  std::vector<Excuse> ignored;
  return blocked_from(level, clause.cube, kTrue, ignored, clause.obstacle) == Answer::Unsat;
}

// true: two frames are equal.
bool Prover::push() {
  for (int k = 1; k < depth(); ++k) {
    for (std::size_t i = 0; i < frames_[k].size();) {
      if (!stopped_by().empty()) {
        stopped_ = true;
        return false;
      }
      if (!push_one(k, frames_[k][i])) {
        ++i;
        continue;
      }
      Blocked moved = std::move(frames_[k][i]);
      frames_[k].erase(frames_[k].begin() + static_cast<std::ptrdiff_t>(i));
      solver_.remove(moved.handle);
      moved.obstacle = -1;
      refuse(moved.cube, k + 1);
    }
    if (frames_[k].empty()) {
      proved_ = k;
      return true;
    }
  }
  return false;
}

std::vector<Cube> Prover::proof() const {
  std::vector<Cube> cubes;
  for (std::size_t k = static_cast<std::size_t>(proved_) + 1; k < frames_.size(); ++k)
    for (const Blocked& b : frames_[k]) cubes.push_back(b.cube);
  return cubes;
}

Decided Prover::decide(const std::vector<Way>& ways) {
  ways_ = &ways;
  found_ = false;
  obligations_.clear();
  queue_ = {};
  std::vector<Lit> any;
  for (const Way& way : ways) {
    std::vector<Lit> all;
    for (const Term term : way.when) all.push_back(steps_.truth(term));
    any.push_back(solver_.all(std::move(all)));
  }
  const Lit bad = solver_.any(any);
  if (frames_.empty()) add_level();
  for (;;) {
    const int top = depth();
    // What is bad in this frame, one state after the other.
    for (;;) {
      if (!stopped_by().empty()) return Decided::Stopped;
      const Answer answer = solver_.solve({base(top), bad});
      if (answer == Answer::Stopped) return Decided::Stopped;
      if (answer == Answer::Unsat) break;
      const State state = steps_.state();
      std::size_t w = 0;
      steps_.look_at(state);
      const auto here = [&](Term t) { return steps_.look(t) != 0; };
      while (w < ways.size() && !std::all_of(ways[w].when.begin(), ways[w].when.end(), here)) ++w;
      if (w == ways.size()) return Decided::Stopped;
      obligations_.clear();
      obligations_.push_back(
          {damaged(steps_.lift(state, ways[w].when)), -1, -1, static_cast<int>(w)});
      if (top == 0) {
        found(0, state);
        return Decided::Found;
      }
      queue_ = {};
      queue_.push({top, 0, 0});
      while (!queue_.empty()) {
        const Entry entry = queue_.top();
        queue_.pop();
        if (!stopped_by().empty()) return Decided::Stopped;
        if (!block(entry)) return found_ ? Decided::Found : Decided::Stopped;
      }
    }
    add_level();
    if (push()) return Decided::Proved;
    if (stopped_) return Decided::Stopped;
  }
}

}  // namespace luproof::checker::pdr
