// SPDX-License-Identifier: GPL-2.0-or-later
// Looks now and then whether a grounding has to end.
#pragma once

#include <string>
#include <utility>

#include "checker/ground/system.h"
#include "checker/stopped.h"

namespace luproof::checker {

class Pace {
 public:
  Pace(const System& system, const Limits* limits) : system_(system), limits_(limits) {}

  void step() {
    constexpr unsigned kTurns = 64;  // between two looks
    if (limits_ && ++asked_ % kTurns == 0) look();
  }
  // The system has one more, and will have it for good.
  void add(const Transition& transition);

 private:
  void look() const {
    end_at(*limits_);
    // What is counted is what grows: terms and transitions. Indices over them, and what a step
    // holds while it is looked at, are not.
    if (limits_->too_much(system_.terms.bytes() + held_)) throw Ended{"memory"};
  }

  const System& system_;
  const Limits* limits_;
  std::size_t held_ = 0;
  unsigned asked_ = 0;
};

inline void Pace::add(const Transition& t) {
  held_ += sizeof t + t.updates.size() * sizeof t.updates[0] + t.notes.size() * sizeof t.notes[0] +
           t.checks.size() * sizeof t.checks[0] + t.passings.size() * sizeof t.passings[0] +
           t.labels.size() * sizeof t.labels[0];
}

}  // namespace luproof::checker
