// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/walk.h"

#include <algorithm>
#include <map>
#include <set>

namespace luproof::checker::pdr {
namespace {

constexpr std::size_t kLongest = 2000;  // steps of one walk

class Walk {
 public:
  Walk(Steps& steps, const std::vector<Way>& ways)
      : steps_(steps), s_(steps.system()), ways_(ways) {
    for (const Way& way : ways) open_.insert(way.target);
    at_.resize(s_.at.size());
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i].resize(s_.at[i].size());
    for (std::size_t i = 0; i < steps.steps().size(); ++i) {
      const Transition& t = s_.transitions[steps.steps()[i].transition];
      if (t.fault != Fault::None || t.exhausted) continue;
      if (t.instance < 0)
        anywhere_.push_back(static_cast<int>(i));
      else
        at_[t.instance][t.from].push_back(static_cast<int>(i));
    }
    taken_.assign(steps.steps().size(), 0);
  }

  bool done() const { return open_.empty(); }
  std::vector<Trace> result() { return std::move(found_); }

  void once(const State& first, const Limits& limits, std::chrono::steady_clock::time_point until) {
    Trace trace;
    trace.first = first;
    State state = first;
    for (std::size_t n = 0; n < kLongest && !done(); ++n) {
      if (limits.expired() || std::chrono::steady_clock::now() > until) return;
      steps_.look_at(state);
      note(trace);
      int next = -1;
      const auto consider = [&](const std::vector<int>& candidates) {
        for (const int c : candidates)
          if ((next < 0 || taken_[c] < taken_[next]) && steps_.look(steps_.steps()[c].guard) != 0)
            next = c;
      };
      for (std::size_t i = 0; i < at_.size(); ++i) {
        const auto point = static_cast<std::size_t>(state[s_.point_slot[i]]);
        if (point < at_[i].size()) consider(at_[i][point]);
      }
      consider(anywhere_);
      if (next < 0) return;
      ++taken_[next];
      const Transition& t = s_.transitions[steps_.steps()[next].transition];
      State after = state;
      for (const auto& [slot, term] : t.updates) after[slot] = steps_.look(term);
      trace.taken.push_back(steps_.steps()[next].transition);
      state = std::move(after);
    }
  }

 private:
  void note(const Trace& trace) {
    for (const Way& way : ways_) {
      if (open_.count(way.target) == 0) continue;
      if (!std::all_of(way.when.begin(), way.when.end(),
                       [&](Term t) { return steps_.look(t) != 0; }))
        continue;
      open_.erase(way.target);
      found_.push_back(trace);
      found_.back().target = way.target;
      if (way.transition >= 0) found_.back().taken.push_back(way.transition);
    }
  }

  Steps& steps_;
  System& s_;
  const std::vector<Way>& ways_;
  std::set<int> open_;  // targets
  std::vector<std::vector<std::vector<int>>> at_;
  std::vector<int> anywhere_;
  std::vector<int> taken_;
  std::vector<Trace> found_;
};

}  // namespace

std::vector<Trace> walk(Steps& steps, const std::vector<Way>& ways, const Limits& limits,
                        std::chrono::steady_clock::time_point until) {
  Walk walk(steps, ways);
  if (steps.solver().solve({steps.start()}) != Answer::Sat) return {};
  const State first = steps.state();
  while (!walk.done() && !limits.expired() && std::chrono::steady_clock::now() < until)
    walk.once(first, limits, until);
  return walk.result();
}

}  // namespace luproof::checker::pdr
