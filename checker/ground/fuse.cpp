// SPDX-License-Identifier: GPL-2.0-or-later
// Why this is sound: at a control point whose steps (a) change nothing that a property, claim or
// check looks at, (b) read nothing that anybody else writes and write nothing that anybody else
// reads or writes, (c) write only what any kexec of another actor wipes out, and (d) are never all
// disabled, the actor may as well go on at once: every other order of the same steps ends in the
// same state, and no state in between differs in anything that is asked. A step into such a point
// is composed with each step out of it. Points stay, since kexec and the start may still lead
// there.
#include "checker/ground/fuse.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace luproof::checker {
namespace {

class Fuser {
 public:
  Fuser(System& system, Pace& pace)
      : s_(system),
        pace_(pace),
        t_(system.terms),
        panicked_(system.layout->find(model::Part::Panicked, -1)->base) {}

  void run() {
    observe();
    footprints();
    for (std::size_t i = 0; i < s_.at.size(); ++i) {
      passing_.emplace_back(s_.at[i].size(), 0);
      for (std::size_t p = 1; p < s_.at[i].size(); ++p)
        passing_[i][p] = may_pass(static_cast<int>(i), static_cast<int>(p));
      break_cycles(static_cast<int>(i));
    }
    compose_all();
  }

 private:
  struct Footprint {
    std::set<int> reads, writes;
  };

  void read(Term t, std::set<int>& into) {
    if (t < 0) return;
    pace_.step();
    std::vector<char> marks(s_.slots.size(), 0);
    t_.support(t, marks);
    for (std::size_t s = 0; s < marks.size(); ++s)
      if (marks[s]) into.insert(static_cast<int>(s));
  }

  // What properties, claims and reports look at in a state.
  void observe() {
    for (std::size_t p = 0; p < s_.bad.size(); ++p)
      for (const Term t : {s_.bad[p], s_.from[p], s_.to[p]}) read(t, observed_);
    using model::Part;
    for (const model::Component& c : s_.layout->components())
      if (c.part == Part::Latch || c.part == Part::LatchKernel || c.part == Part::Released ||
          c.part == Part::Sampled || c.part == Part::Kernel)
        for (int i = 0; i < c.size; ++i) observed_.insert(c.base + i);
  }

  void footprints() {
    by_instance_.resize(s_.at.size() + 1);  // the last one: events that happen by themselves
    for (const Transition& t : s_.transitions) {
      Footprint& f =
          by_instance_[t.instance < 0 ? s_.at.size() : static_cast<std::size_t>(t.instance)];
      if (t.kexec) {
        kexecs_.push_back(&t);
        continue;
      }
      read(t.guard, f.reads);
      for (const auto& [slot, value] : t.updates) {
        f.writes.insert(slot);
        read(value, f.reads);
      }
      for (const StepCheck& c : t.checks) read(c.bad, f.reads);
    }
  }

  bool disjoint(const std::set<int>& a, const std::set<int>& b) const {
    return std::none_of(a.begin(), a.end(), [&](int x) { return b.count(x) > 0; });
  }

  bool may_pass(int instance, int point) {
    const auto& steps = s_.at[instance][point];
    if (steps.empty()) return false;
    Footprint own;
    for (const int id : steps) {
      const Transition& t = s_.transitions[id];
      if (t.weight || !t.checks.empty() || t.kexec || t.exhausted || t.environment ||
          t.fault != Fault::None)
        return false;
      read(t.guard, own.reads);
      for (const auto& [slot, value] : t.updates) {
        own.writes.insert(slot);
        read(value, own.reads);
      }
    }
    if (!disjoint(own.writes, observed_)) return false;
    for (std::size_t i = 0; i < by_instance_.size(); ++i) {
      if (static_cast<int>(i) == instance) continue;
      const Footprint& other = by_instance_[i];
      if (!disjoint(own.reads, other.writes) || !disjoint(own.writes, other.writes) ||
          !disjoint(own.writes, other.reads))
        return false;
    }
    for (const Transition* k : kexecs_) {
      if (k->instance == instance) continue;
      std::set<int> reads, writes;
      read(k->guard, reads);
      for (const StepCheck& c : k->checks) read(c.bad, reads);
      for (const auto& [slot, value] : k->updates) {
        writes.insert(slot);
        read(value, reads);
      }
      for (const int slot : own.writes)
        if (reads.count(slot) || !writes.count(slot)) return false;
    }
    return never_stuck(instance, point, steps);
  }

  // In every valuation of what the guards read, one of the steps is possible.
  bool never_stuck(int instance, int point, const std::vector<int>& steps) {
    Terms::Memo memo;
    std::vector<Term> guards;
    std::set<int> reads;
    auto here = [&](int slot, Term same) {
      if (slot == s_.point_slot[instance]) return t_.constant(point);
      const bool fixed = s_.initial[slot] &&
                         std::none_of(by_instance_.begin(), by_instance_.end(),
                                      [&](const Footprint& f) { return f.writes.count(slot) > 0; });
      return fixed && slot < s_.data_slots() && kexecs_.empty() ? t_.constant(*s_.initial[slot])
                                                                : same;
    };
    for (const int id : steps) {
      guards.push_back(t_.substitute(s_.transitions[id].guard, here, memo));
      if (t_.is_true(guards.back())) return true;
      read(guards.back(), reads);
    }
    // A stopped kernel moves nobody: being stuck there is what the language says.
    reads.erase(panicked_);
    const auto width = [&](int slot) {
      return static_cast<std::size_t>(std::int64_t{s_.slots[slot].high} - s_.slots[slot].low + 1);
    };
    std::size_t valuations = 1;
    for (const int slot : reads) {
      valuations *= width(slot);
      if (valuations > 4096) return false;
    }
    State state(s_.slots.size(), 0);
    for (std::size_t v = 0; v < valuations; ++v) {
      std::size_t rest = v;
      for (const int slot : reads) {
        state[slot] = s_.slots[slot].low + static_cast<Value>(rest % width(slot));
        rest /= width(slot);
      }
      if (std::none_of(guards.begin(), guards.end(),
                       [&](Term g) { return t_.evaluate(g, state) != 0; }))
        return false;
    }
    return true;
  }

  // A ring of passing points would be composed for ever: one of them has to stay a stop.
  void break_cycles(int instance) {
    auto& passing = passing_[instance];
    std::vector<char> colour(passing.size(), 0);
    std::function<void(int)> visit = [&](int p) {
      colour[p] = 1;
      for (const int id : s_.at[instance][p]) {
        const int to = s_.transitions[id].to;
        if (to < 0 || !passing[to]) continue;
        if (colour[to] == 1)
          passing[to] = 0;
        else if (!colour[to])
          visit(to);
      }
      colour[p] = 2;
    };
    for (std::size_t p = 0; p < passing.size(); ++p)
      if (passing[p] && !colour[p]) visit(static_cast<int>(p));
  }

  Transition compose(const Transition& first, const Transition& second) {
    pace_.step();
    std::map<int, Term> state(first.updates.begin(), first.updates.end());
    Terms::Memo memo;
    auto after = [&](int slot, Term same) {
      const auto written = state.find(slot);
      return written == state.end() ? same : written->second;
    };
    Transition t = first;
    t.to = second.to;
    t.guard = t_.conj(first.guard, t_.substitute(second.guard, after, memo));
    t.unguarded = t_.conj(first.unguarded, t_.substitute(second.unguarded, after, memo));
    t.labels.insert(t.labels.end(), second.labels.begin(), second.labels.end());
    for (const auto& args : second.args) {
      t.args.emplace_back();
      for (const Term a : args) t.args.back().push_back(t_.substitute(a, after, memo));
    }
    for (Passing p : second.passings) {
      if (p.result >= 0) p.result = t_.substitute(p.result, after, memo);
      for (Term& arg : p.args) arg = t_.substitute(arg, after, memo);
      p.label += static_cast<int>(first.labels.size());
      t.passings.push_back(p);
    }
    for (const Note& n : second.notes)
      t.notes.push_back({n.key, t_.substitute(n.when, after, memo)});
    std::map<int, Term> result = state;
    for (const auto& [slot, value] : second.updates)
      result[slot] = t_.substitute(value, after, memo);
    t.updates.clear();
    for (const auto& [slot, value] : result)
      if (value != s_.slot(slot)) t.updates.emplace_back(slot, value);
    return t;
  }

  // Nobody moves any more: what would come behind it is no step.
  bool panics(const Transition& t) const {
    return std::any_of(t.updates.begin(), t.updates.end(),
                       [&](const auto& update) { return update.first == panicked_; });
  }

  void compose_all() {
    constexpr std::size_t kGrowth = 4;  // more ways than this through a chain is not worth it
    std::vector<Transition> all;
    for (const Transition& t : s_.transitions) {
      const bool open =
          t.instance >= 0 && t.to > 0 && t.fault == Fault::None && !t.kexec && !t.exhausted;
      std::vector<Transition> work = {t}, done;
      while (open && !work.empty()) {
        Transition next = std::move(work.back());
        work.pop_back();
        if (!passing_[next.instance][next.to] || next.labels.size() > 40 || panics(next)) {
          done.push_back(std::move(next));
          continue;
        }
        for (const int id : s_.at[next.instance][next.to]) {
          Transition joined = compose(next, s_.transitions[id]);
          if (!t_.is_false(joined.guard)) work.push_back(std::move(joined));
        }
        if (work.size() + done.size() > kGrowth * 8) {
          work.clear();
          done = {t};
        }
      }
      if (!open) done = {t};
      for (Transition& d : done) all.push_back(std::move(d));
    }
    s_.transitions = std::move(all);
    for (auto& points : s_.at)
      for (auto& ids : points) ids.clear();
    s_.anywhere.clear();
    for (std::size_t i = 0; i < s_.transitions.size(); ++i) {
      const Transition& t = s_.transitions[i];
      if (t.instance < 0)
        s_.anywhere.push_back(static_cast<int>(i));
      else
        s_.at[t.instance][t.from].push_back(static_cast<int>(i));
    }
  }

  System& s_;
  Pace& pace_;
  Terms& t_;
  const int panicked_;  // slot
  std::set<int> observed_;
  std::vector<Footprint> by_instance_;
  std::vector<const Transition*> kexecs_;
  std::vector<std::vector<char>> passing_;
};

}  // namespace

void fuse(System& system, Pace& pace) { Fuser(system, pace).run(); }

}  // namespace luproof::checker
