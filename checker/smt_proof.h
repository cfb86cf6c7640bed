// SPDX-License-Identifier: GPL-2.0-or-later
// What can be said of a system whose every run has ended within the frames.
//
// All of its states are then in the frames: whether one of some kind exists is one question. So
// `holds` gets the run that shows that it is no empty promise, and deadlocks are found as states in
// which nobody can go on. A frame in which the solver takes no step is no such state: the end is
// said by the guards of all steps, not by a step that is missing.
#pragma once

#include <map>
#include <optional>

#include "checker/smt_path.h"

namespace luproof::checker::smt {

class Proof {
 public:
  // No run has more than `last` steps.
  Proof(System& system, Unroller& unroller, int last)
      : system_(system), unroller_(unroller), last_(last) {}

  // `finding` has not been violated: holds with its witness, or vacuous, or unknown.
  void hold(Finding& finding, const model::Property& property);
  void deadlock(Finding& finding);

 private:
  struct Reached {
    bool stopped = false;
    std::optional<Path> path;
  };
  const Reached& reach(Term state);
  Term any_slot(model::Part part, const model::Property& property);
  Term waits(int instance);
  Term at_rest();

  System& system_;
  Unroller& unroller_;
  int last_;
  std::map<Term, Reached> known_;
};

}  // namespace luproof::checker::smt
