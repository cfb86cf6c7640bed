// SPDX-License-Identifier: GPL-2.0-or-later
// The search: step by step until everything is decided, no run goes on, or a limit is reached.
#include "checker/smt.h"

#include <algorithm>
#include <limits>
#include <set>

#include "checker/smt_minimise.h"
#include "checker/smt_plain.h"
#include "checker/smt_proof.h"

namespace luproof::checker {
namespace smt {
namespace {

using Clock = std::chrono::steady_clock;
using model::PropertyKind;

constexpr std::chrono::seconds kMinimising{10};  // at most, of one property
constexpr std::chrono::seconds kPlain{2};        // likewise, for the values at its start
constexpr int kLonger = 20;    // steps that a run of fewer visible steps may have more
constexpr int kAskForEnd = 8;  // frames between questions whether any run goes on

struct Goal {
  Target target;
  bool wanted_reachable = false;  // `possible`: to reach it is what should happen
  bool open = true;
  int minimised = -1;  // no run of at most so many steps is better than the one found
  std::size_t finding = 0;
};

class Search {
 public:
  Search(System& system, const std::vector<int>& only, const Limits& limits)
      : system_(system), limits_(limits), circuit_(limits), unroller_(system, circuit_) {
    for (std::size_t p = 0; p < system.model->properties.size(); ++p)
      if (asks_for(only, static_cast<int>(p))) add_property(static_cast<int>(p));
    declared_ = outcome_.findings.size();
    std::set<Fault> faults;
    for (const Transition& transition : system.transitions)
      if (transition.fault != Fault::None) faults.insert(transition.fault);
    for (const Fault fault : faults) add_fault(fault);
    if (asks_for(only, kDeadlock)) add_undecided("deadlock", -1);
  }

  Outcome run() {
    const auto started = Clock::now();
    search();
    settle();
    Statistics& s = outcome_.statistics;
    s.depth = depth_;
    s.exhausted = complete_;
    for (const SlotRange& range : system_.slots)
      s.bits += static_cast<int>(width_of(range.low, range.high)) - (range.low >= 0 ? 1 : 0);
    s.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return std::move(outcome_);
  }

 private:
  Finding& add(std::string name, int index);
  void add_property(int index);
  void add_fault(Fault fault);
  void add_undecided(std::string name, int index);
  bool open() const;
  void search();
  bool start_exists();
  bool look_at(int frame);
  void found(Goal& goal, Path path);
  bool ends_at(int frame);
  void look_for_end(int frame);
  bool stopped();
  void report();
  void settle();
  std::string reason() const;

  System& system_;
  const Limits& limits_;
  Circuit circuit_;
  Unroller unroller_;
  Outcome outcome_;
  std::vector<Goal> goals_;
  std::size_t declared_ = 0;
  int depth_ = -1;  // steps within which nothing more is to be found
  bool complete_ = false;
  bool no_start_ = false;
  std::string broken_;
  Clock::time_point reported_ = Clock::now();
};

Finding& Search::add(std::string name, int index) {
  Finding finding;
  finding.property = std::move(name);
  finding.index = index;
  finding.engine = "smt";
  outcome_.findings.push_back(std::move(finding));
  return outcome_.findings.back();
}

void Search::add_undecided(std::string name, int index) {
  add(std::move(name), index).reason = "the smt engine does not decide it";
}

void Search::add_property(int index) {
  const model::Property& property = system_.model->properties[index];
  const bool safety = property.kind == PropertyKind::Safety;
  if (safety && property.clauses.empty()) return;  // nothing claims it
  if (!safety && property.kind != PropertyKind::Possible)
    return add_undecided(property.name, index);
  Goal goal;
  goal.finding = outcome_.findings.size();
  goal.wanted_reachable = !safety;
  goal.target.state = safety ? system_.bad[index] : system_.to[index];
  if (safety) goal.target.property = index;
  goals_.push_back(goal);
  add(property.name, index);
}

void Search::add_fault(Fault fault) {
  Goal goal;
  goal.finding = outcome_.findings.size();
  goal.target.fault = fault;
  goals_.push_back(goal);
  add(fault_name(fault), -1);
}

bool Search::open() const {
  return std::any_of(goals_.begin(), goals_.end(), [](const Goal& goal) { return goal.open; });
}

bool Search::stopped() {
  outcome_.statistics.stopped_by = circuit_.stopped_by();
  return !outcome_.statistics.stopped_by.empty();
}

void Search::report() {
  if (!limits_.progress || Clock::now() - reported_ < std::chrono::milliseconds(500)) return;
  reported_ = Clock::now();
  outcome_.statistics.depth = depth_;
  limits_.progress(outcome_.statistics);
}

void Search::search() {
  if (!start_exists()) return;
  for (int frame = 0; !stopped(); ++frame) {
    unroller_.extend_to(frame);
    if (!look_at(frame)) return;
    depth_ = frame;
    report();
    if (!open()) return look_for_end(frame);
    if ((frame == limits_.bound || frame % kAskForEnd == 0) && ends_at(frame)) return;
    if (frame == limits_.bound) {
      outcome_.statistics.stopped_by = "bound";
      return;
    }
  }
}

bool Search::start_exists() {
  const Answer answer = circuit_.check({});
  no_start_ = answer == Answer::Unsat;
  return answer == Answer::Sat || stopped();
}

// Everything that is reached after exactly this many steps. false: the search cannot go on.
bool Search::look_at(int frame) {
  for (;;) {
    std::vector<Lit> ways;
    for (const Goal& goal : goals_)
      if (goal.open) ways.push_back(reached(unroller_, goal.target, frame));
    const Lit any = circuit_.any(ways);
    if (any == kFalse) return true;
    const Answer answer = circuit_.check({any});
    if (answer == Answer::Stopped) {
      stopped();
      return false;
    }
    if (answer == Answer::Unsat) {
      circuit_.clause({-any});  // what is known makes later frames cheaper
      return true;
    }
    bool progress = false;
    std::vector<std::pair<Goal*, Path>> met;
    for (Goal& goal : goals_) {
      if (!goal.open) continue;
      auto path = read_path(system_, unroller_, circuit_, goal.target, frame);
      if (!path || path->steps() != frame) continue;
      progress = true;
      met.emplace_back(&goal, std::move(*path));
    }
    if (!progress) {
      broken_ = "a run of the solver is no run of the system";
      return false;
    }
    for (auto& [goal, path] : met) found(*goal, std::move(path));
  }
}

void Search::found(Goal& goal, Path path) {
  goal.open = false;
  Finding& finding = outcome_.findings[goal.finding];
  finding.depth = path.steps();
  if (goal.wanted_reachable) {
    finding.verdict = Verdict::Holds;
    finding.depth = -1;
    finding.witness = to_run(system_, path);
    return;
  }
  int frames = path.steps() + kLonger;
  if (limits_.bound >= 0) frames = std::min(frames, limits_.bound);
  const Minimal best = minimise(system_, unroller_, goal.target, std::move(path), frames,
                                std::min(limits_.deadline, Clock::now() + kMinimising));
  finding.verdict = Verdict::Violated;
  finding.run = to_run(system_, plainest(system_, unroller_, goal.target, best.path,
                                         std::min(limits_.deadline, Clock::now() + kPlain)));
  if (best.proved) goal.minimised = best.certain ? std::numeric_limits<int>::max() : frames;
}

// No run has a step from this frame.
bool Search::ends_at(int frame) {
  unroller_.extend_to(frame + 1);
  std::vector<Lit> on = {unroller_.arrives(frame + 1)};
  for (const Goal& goal : goals_)
    if (goal.target.fault != Fault::None) on.push_back(reached(unroller_, goal.target, frame + 1));
  const Lit any = circuit_.any(on);
  if (any != kFalse && circuit_.check({any}) != Answer::Unsat) return false;
  std::vector<Lit> full;
  for (int k = 0; k <= frame; ++k)
    full.push_back(circuit_.all({unroller_.arrives(k), unroller_.exhausting(k)}));
  const Lit exhausted = circuit_.any(full);
  outcome_.statistics.pool_exhausted =
      exhausted != kFalse && circuit_.check({exhausted}) != Answer::Unsat;
  complete_ = true;
  return true;
}

// Everything that was asked is decided but who waits for ever, which only an end of all runs tells.
void Search::look_for_end(int frame) {
  constexpr int kStride = 4;
  const bool asked = std::any_of(outcome_.findings.begin(), outcome_.findings.end(),
                                 [](const Finding& f) { return f.property == "deadlock"; });
  const int most = limits_.bound < 0 ? frame + kLonger : std::min(frame + kLonger, limits_.bound);
  for (; asked && !complete_ && frame <= most && !stopped(); frame += kStride)
    if (ends_at(frame)) depth_ = frame;
}

std::string Search::reason() const {
  if (!broken_.empty()) return broken_;
  if (complete_) return "a pool of the model was full in some run";
  const std::string& by = outcome_.statistics.stopped_by;
  const std::string within = "not found within " + std::to_string(std::max(depth_, 0)) + " steps";
  return by.empty() || by == "bound" ? within : within + "; stopped by " + by;
}

void Search::settle() {
  const bool holds = complete_ && !outcome_.statistics.pool_exhausted;
  Proof proof(system_, unroller_, depth_);
  for (const Goal& goal : goals_) {
    Finding& finding = outcome_.findings[goal.finding];
    if (!goal.open) {
      const int longest = complete_ ? depth_ : limits_.bound;
      finding.shortest = goal.wanted_reachable || (longest >= 0 && goal.minimised >= longest) ||
                         goal.minimised == std::numeric_limits<int>::max();
      continue;
    }
    if (no_start_) {
      finding.verdict = Verdict::Vacuous;
      finding.reason = "no initial state meets the assumptions";
    } else if (holds) {
      if (goal.wanted_reachable)
        finding.verdict = Verdict::Violated;
      else if (finding.index >= 0)
        proof.hold(finding, system_.model->properties[finding.index]);
      else
        finding.verdict = Verdict::Holds;
    } else {
      finding.depth = depth_;
      finding.reason = reason();
    }
  }
  for (Finding& finding : outcome_.findings)
    if (holds && finding.property == "deadlock") proof.deadlock(finding);
  // A built-in violation that was not found is no finding.
  const auto first = outcome_.findings.begin() + static_cast<std::ptrdiff_t>(declared_);
  const auto silent = [](const Finding& f) {
    return f.index < 0 && f.verdict != Verdict::Violated && f.property != "deadlock";
  };
  outcome_.findings.erase(std::remove_if(first, outcome_.findings.end(), silent),
                          outcome_.findings.end());
}

}  // namespace
}  // namespace smt

Outcome check_smt(System& system, const std::vector<int>& only, const Limits& limits) {
  try {
    return smt::Search(system, only, limits).run();
  } catch (const z3::exception& e) {
    Outcome outcome;
    outcome.statistics.stopped_by = std::string("Z3: ") + e.msg();
    return outcome;
  }
}

}  // namespace luproof::checker
