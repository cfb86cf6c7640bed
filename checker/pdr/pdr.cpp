// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/pdr.h"

#include <algorithm>
#include <map>

#include "checker/pdr/walk.h"
#include "checker/smt.h"
#include "checker/smt_path.h"
#include "checker/stopped.h"

namespace luproof::checker {
namespace pdr {
namespace {

using Clock = std::chrono::steady_clock;
using model::Part;
using model::PropertyKind;

constexpr std::chrono::milliseconds kWalking{500};  // at most
constexpr std::chrono::seconds kMinimising{10};     // at most, of all runs together

enum class Kind : std::uint8_t {
  Property,
  Fault,
  Exhausted,
  Leaving,
  Possible,
  Released,
  Latched,
  Later
};
enum class Fate : std::uint8_t { Open, Found, Never };

struct Target {
  Kind kind = Kind::Property;
  int property = -1;
  checker::Fault fault = checker::Fault::None;
  std::vector<Way> ways;
  Fate state = Fate::Open;
  std::optional<smt::Path> path;
};

class Check {
 public:
  Check(System& system, const PdrOptions& options, const Limits& limits)
      : s_(system), options_(options), limits_(limits), demands_(system), solver_(limits) {}

  Outcome run() {
    const auto started = Clock::now();
    possible_ = possible_values(s_, demands_, limits_);
    if (possible_.complete) {
      steps_.emplace(s_, possible_, demands_, solver_);
      simplify_.emplace(s_.terms, possible_.values);
      prover_.emplace(*steps_, limits_, options_.defect);
      targets();
      search();
    }
    Outcome outcome = settle();
    Statistics& st = outcome.statistics;
    st.stopped_by = possible_.complete && !stopped_ ? "" : reason_of_stop();
    st.pool_exhausted = exhausted_;
    st.depth = prover_ ? prover_->depth() : 0;
    for (std::size_t i = 0; i < s_.slots.size() && steps_; ++i)
      if (steps_->is_live(static_cast<int>(i))) {
        const Values& v = possible_.values[i];
        const SlotRange range = v.empty() ? s_.slots[i] : SlotRange{v.front(), v.back()};
        st.bits +=
            static_cast<int>(bits::width_of(range.low, range.high)) - (range.low >= 0 ? 1 : 0);
      }
    st.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return outcome;
  }

 private:
  bool wanted(int what) const { return asks_for(options_.only, what); }
  std::string reason_of_stop() const {
    if (!broken_.empty()) return broken_;
    const std::string why = stopped_by(limits_);
    return why.empty() ? "memory" : why;
  }
  void add_way(Target& target, std::vector<Term> when, int transition);
  void targets();
  Term any_slot(Part part, const model::Property& property);
  void meet(Target& target, const Trace& trace);
  Decided look_for(const std::vector<Target*>& wanted);
  void search();
  Target* other(Kind kind, int property);
  bool needs_witness(int property) const;
  void keep_proof();
  void minimise(Outcome& outcome);
  void decide(Finding& finding, Target& target);
  Outcome settle();

  System& s_;
  const PdrOptions& options_;
  const Limits& limits_;
  smt::Demands demands_;
  Solver solver_;
  Possible possible_;
  std::optional<Steps> steps_;
  std::optional<smt::Simplifier> simplify_;
  std::optional<Prover> prover_;
  std::vector<Target> targets_;
  std::shared_ptr<const Invariant> invariant_;
  bool stopped_ = false, exhausted_ = false, no_start_ = false;
  std::string broken_;
};

void Check::add_way(Target& target, std::vector<Term> when, int transition) {
  for (Term& term : when) {
    term = (*simplify_)(term);
    if (s_.terms.is_false(term)) return;
  }
  std::erase_if(when, [&](Term t) { return s_.terms.is_true(t); });
  target.ways.push_back({-1, std::move(when), transition});
}

Term Check::any_slot(Part part, const model::Property& property) {
  Term result = s_.terms.truth(false);
  for (const model::Clause& clause : property.clauses) {
    if (clause.claim < 0) continue;
    const model::Component& slots = *s_.layout->find(part, clause.claim);
    for (int i = 0; i < slots.size; ++i) result = s_.terms.disj(result, s_.slot(slots.base + i));
  }
  return result;
}

bool Check::needs_witness(int property) const {
  const auto& clauses = s_.model->properties[property].clauses;
  return std::any_of(clauses.begin(), clauses.end(),
                     [](const model::Clause& c) { return c.claim >= 0; });
}

void Check::targets() {
  const auto add = [&](Kind kind, int property) -> Target& {
    targets_.emplace_back();
    targets_.back().kind = kind;
    targets_.back().property = property;
    return targets_.back();
  };
  const auto& properties = s_.model->properties;
  std::map<int, std::vector<std::pair<int, Term>>> checks;  // by property
  std::map<checker::Fault, std::vector<int>> faults;
  std::vector<int> full;
  for (const Step& step : steps_->steps()) {
    const Transition& t = s_.transitions[step.transition];
    for (const StepCheck& check : t.checks)
      checks[check.property].emplace_back(step.transition, check.bad);
    if (t.fault != checker::Fault::None) faults[t.fault].push_back(step.transition);
    if (t.exhausted) full.push_back(step.transition);
  }
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const int p = static_cast<int>(i);
    const bool safety = properties[i].kind == PropertyKind::Safety;
    if (!wanted(p) || (safety && properties[i].clauses.empty())) continue;
    if (properties[i].kind == PropertyKind::Possible)
      add_way(add(Kind::Possible, p), {s_.to[i]}, -1);
    if (!safety) continue;
    Target& target = add(Kind::Property, p);
    if (s_.bad[i] >= 0) add_way(target, {s_.bad[i]}, -1);
    for (const auto& [t, bad] : checks[p]) add_way(target, {s_.transitions[t].guard, bad}, t);
    if (!needs_witness(p)) continue;
    add_way(add(Kind::Released, p), {any_slot(Part::Released, properties[i])}, -1);
    add_way(add(Kind::Latched, p), {any_slot(Part::Latch, properties[i])}, -1);
  }
  for (const auto& [fault, transitions] : faults) {
    Target& target = add(Kind::Fault, -1);
    target.fault = fault;
    for (const int t : transitions) add_way(target, {s_.transitions[t].guard}, t);
  }
  Target& exhausted = add(Kind::Exhausted, -1);
  for (const int t : full) add_way(exhausted, {s_.transitions[t].guard}, -1);
  Target& leaving = add(Kind::Leaving, -1);
  for (const auto& [t, slot] : possible_.leaving)
    for (const auto& [written, term] : s_.transitions[t].updates) {
      if (written != slot) continue;
      const SlotRange range = s_.slots[slot];
      const Term out = s_.terms.disj(s_.terms.lt(term, s_.terms.constant(range.low)),
                                     s_.terms.lt(s_.terms.constant(range.high), term));
      add_way(leaving, {s_.transitions[t].guard, out}, -1);
    }
  const int kernel = s_.layout->find(Part::Kernel, -1)->base;
  add_way(add(Kind::Later, -1), {s_.terms.lt(s_.terms.constant(1), s_.slot(kernel))}, -1);
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    for (Way& way : targets_[i].ways) way.target = static_cast<int>(i);
    if (targets_[i].ways.empty()) targets_[i].state = Fate::Never;
  }
}

// Walks the run over the system itself: a mistake of the prover cannot become a counterexample.
void Check::meet(Target& target, const Trace& trace) {
  smt::Path path;
  path.states.push_back(trace.first);
  for (std::size_t i = 0; i < trace.taken.size(); ++i) {
    const Transition& t = s_.transitions[trace.taken[i]];
    const State& state = path.states.back();
    steps_->look_at(state);
    const bool last = i + 1 == trace.taken.size();
    bool fits = steps_->look(t.guard) != 0 && (t.fault == checker::Fault::None || last);
    State after = state;
    for (const auto& [slot, term] : t.updates) after[slot] = steps_->look(term);
    if (!fits) {
      broken_ = "a run of the prover is no run of the system";
      return;
    }
    path.taken.push_back(trace.taken[i]);
    path.weight += t.weight;
    path.labels += static_cast<int>(t.labels.size());
    if (t.fault == checker::Fault::None) path.states.push_back(std::move(after));
  }
  // What is looked for is there: in the last state, or at the step out of the one before.
  const bool met = std::any_of(target.ways.begin(), target.ways.end(), [&](const Way& way) {
    const bool by_step = way.transition >= 0;
    if (by_step && (trace.taken.empty() || trace.taken.back() != way.transition)) return false;
    const std::size_t at = by_step ? trace.taken.size() - 1 : path.states.size() - 1;
    steps_->look_at(path.states[at]);
    return std::all_of(way.when.begin(), way.when.end(),
                       [&](Term t) { return steps_->look(t) != 0; });
  });
  if (!met) {
    broken_ = "a run of the prover does not show what it should";
    return;
  }
  target.state = Fate::Found;
  target.path = std::move(path);
}

// Proved: none of those that are still open is ever met. Found: one was.
Decided Check::look_for(const std::vector<Target*>& wanted) {
  std::vector<Way> ways;
  for (const Target* target : wanted)
    if (target->state == Fate::Open)
      ways.insert(ways.end(), target->ways.begin(), target->ways.end());
  if (ways.empty() && !prover_->depth()) return Decided::Proved;
  const Decided decided = prover_->decide(ways);
  if (decided == Decided::Stopped) stopped_ = true;
  if (decided == Decided::Found) {
    meet(targets_[prover_->trace().target], prover_->trace());
    if (!broken_.empty()) stopped_ = true;
  }
  if (decided == Decided::Proved)
    for (Target* target : wanted)
      if (target->state == Fate::Open) target->state = Fate::Never;
  return stopped_ ? Decided::Stopped : decided;
}

void Check::keep_proof() {
  auto invariant = std::make_shared<Invariant>();
  for (std::size_t s = 0; s < s_.slots.size(); ++s) {
    const Values& v = possible_.values[s];
    const std::int64_t all = std::int64_t{s_.slots[s].high} - s_.slots[s].low + 1;
    if (!v.empty() && static_cast<std::int64_t>(v.size()) < all)
      invariant->clauses.push_back({Atom{static_cast<int>(s), v}});
  }
  for (const Cube& cube : prover_->proof()) {
    std::map<int, Values> outside;  // per slot: values that are not in the cube
    for (const Lit lit : cube) {
      const Meaning& m = steps_->meaning(lit);
      Values all = steps_->values(m.slot);
      if (all.empty()) all = {m.value};  // never: a slot of any value is in no cube by itself
      Values& out = outside[m.slot];
      Values own;
      for (const Value v : all)
        if ((v == m.value) != (lit > 0)) own.push_back(v);
      Values both;
      std::set_union(out.begin(), out.end(), own.begin(), own.end(), std::back_inserter(both));
      out = std::move(both);
    }
    Clause clause;
    for (auto& [slot, values] : outside) clause.push_back(Atom{slot, std::move(values)});
    invariant->clauses.push_back(std::move(clause));
  }
  invariant_ = std::move(invariant);
}

Target* Check::other(Kind kind, int property) {
  for (Target& t : targets_)
    if (t.kind == kind && t.property == property) return &t;
  return nullptr;
}

void Check::search() {
  const Answer start = solver_.solve({steps_->start()});
  no_start_ = start == Answer::Unsat;
  stopped_ = start == Answer::Stopped;
  if (start != Answer::Sat) return;
  std::vector<Target*> bad, shown;
  std::vector<Way> walked;
  for (Target& t : targets_) {
    const bool is_bad = t.kind == Kind::Property || t.kind == Kind::Fault ||
                        t.kind == Kind::Exhausted || t.kind == Kind::Leaving;
    (is_bad ? bad : shown).push_back(&t);
    if (!is_bad) walked.insert(walked.end(), t.ways.begin(), t.ways.end());
  }
  if (!walked.empty())
    for (const Trace& trace : walk(*steps_, walked, limits_, Clock::now() + kWalking))
      meet(targets_[trace.target], trace);
  Decided decided = Decided::Found;
  while (decided == Decided::Found) decided = look_for(bad);
  exhausted_ = other(Kind::Exhausted, -1)->state == Fate::Found;
  if (other(Kind::Leaving, -1)->state == Fate::Found && broken_.empty())
    broken_ = "a step leaves the range of a slot";
  if (decided == Decided::Stopped || !broken_.empty()) return;
  keep_proof();
  // A witness that no walk came to: is there one?
  for (Target* t : shown) {
    if (stopped_ || t->state != Fate::Open || t->kind == Kind::Later) continue;
    const Target* safe = t->kind == Kind::Possible ? nullptr : other(Kind::Property, t->property);
    if (safe && safe->state != Fate::Never) continue;
    if (t->kind == Kind::Latched && other(Kind::Released, t->property)->state == Fate::Found)
      continue;
    look_for({t});
  }
}

void Check::decide(Finding& f, Target& target) {
  const std::string stop = stopped_ ? "stopped by " + reason_of_stop() : "";
  if (no_start_) {
    f.verdict = Verdict::Vacuous;
    f.reason = "no initial state meets the assumptions";
  } else if (target.state == Fate::Found) {
    auto& run = target.kind == Kind::Possible ? f.witness : f.run;
    run = smt::to_run(s_, *target.path);
    f.verdict = target.kind == Kind::Possible ? Verdict::Holds : Verdict::Violated;
    f.shortest = target.kind == Kind::Possible;
  } else if (!broken_.empty()) {
    f.reason = broken_;
  } else if (target.state == Fate::Open) {
    f.reason = stop;
  } else if (exhausted_) {
    f.reason = "a pool of the model was full in some run";
  } else if (target.kind == Kind::Possible) {
    f.verdict = Verdict::Violated;
  } else if (target.kind == Kind::Fault) {
    f.verdict = Verdict::Holds;
  } else {
    f.verdict = Verdict::Holds;
    f.invariant = invariant_;
    const Target* released = other(Kind::Released, target.property);
    const Target* later = other(Kind::Later, -1);
    if (!released) {
      if (later->path) f.witness = smt::to_run(s_, *later->path);
    } else if (released->path) {
      f.witness = smt::to_run(s_, *released->path);
    } else if (released->state == Fate::Open) {
      f.verdict = Verdict::Unknown;
      f.reason = "no violation exists, but the search for a witness was stopped";
    } else {
      f.verdict = Verdict::Vacuous;
      f.reason = other(Kind::Latched, target.property)->state == Fate::Never
                     ? "no run ever comes to the claim it guards"
                     : "the claim is never let go after a kexec, in any run";
    }
  }
}

Outcome Check::settle() {
  Outcome outcome;
  const auto add = [&](std::string name, int index) -> Finding& {
    Finding f;
    f.property = std::move(name);
    f.index = index;
    f.engine = "pdr";
    f.reason = "the pdr engine does not decide it";
    outcome.findings.push_back(std::move(f));
    return outcome.findings.back();
  };
  const auto& properties = s_.model->properties;
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const int p = static_cast<int>(i);
    const bool safety = properties[i].kind == PropertyKind::Safety;
    if (!wanted(p) || (safety && properties[i].clauses.empty())) continue;
    Finding& f = add(properties[i].name, p);
    const bool possible = properties[i].kind == PropertyKind::Possible;
    if (!safety && !possible) continue;
    Target* target = other(safety ? Kind::Property : Kind::Possible, p);
    f.reason.clear();
    if (target)
      decide(f, *target);
    else
      f.reason = "stopped by " + reason_of_stop();
  }
  for (Target& target : targets_) {
    if (target.kind != Kind::Fault || target.state != Fate::Found) continue;
    Finding& f = add(fault_name(target.fault), -1);
    f.reason.clear();
    decide(f, target);
  }
  if (wanted(kDeadlock)) add("deadlock", -1);
  if (options_.minimise) minimise(outcome);
  return outcome;
}

// Nobody has to read a run of PDR, which visits what the proof happened to visit.
void Check::minimise(Outcome& outcome) {
  Limits bounded = limits_;
  bounded.progress = nullptr;
  bounded.deadline = std::min(limits_.deadline, Clock::now() + kMinimising);
  bounded.bound = 0;
  std::vector<int> only = {kFaults};
  for (const Target& target : targets_) {
    const bool shown = target.kind == Kind::Property || target.kind == Kind::Fault;
    if (!shown || target.state != Fate::Found) continue;
    bounded.bound = std::max(bounded.bound, target.path->steps());
    if (target.property >= 0) only.push_back(target.property);
  }
  if (std::none_of(outcome.findings.begin(), outcome.findings.end(),
                   [](const Finding& f) { return f.verdict == Verdict::Violated && f.run; }))
    return;
  Outcome shorter = check_smt(s_, only, bounded);
  for (Finding& f : outcome.findings) {
    if (f.verdict != Verdict::Violated || !f.run) continue;
    for (Finding& s : shorter.findings)
      if (s.property == f.property && s.verdict == Verdict::Violated && s.run)
        f.run = std::move(s.run);
  }
}

}  // namespace
}  // namespace pdr

Outcome check_pdr(System& system, const PdrOptions& options, const Limits& limits) {
  return pdr::Check(system, options, limits).run();
}

}  // namespace luproof::checker
