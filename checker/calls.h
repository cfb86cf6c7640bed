// SPDX-License-Identifier: GPL-2.0-or-later
// Who called what in a run: procedures with their arguments, and the events that they fire, as a
// tree. A step knows its statement only; that a program outside the kernel began it, its callers
// say.
#pragma once

#include <vector>

#include "checker/named_run.h"

namespace luproof::checker {

struct Call {
  int instance = -1;  // -1: an event that happens by itself
  bool event = false;
  int index = -1;           // of the procedure or event
  std::vector<Value> args;  // of a procedure that no step is inside of: none
  bool args_known = true;
  int entered = 0;  // step, from 1
  int left = 0;     // 0: not in this run
  int caller = -1;  // index of the call; -1: the actor's own code
};

struct Calls {
  std::vector<Call> all;     // in the order in which they are entered
  std::vector<int> of_step;  // the innermost call in which each step stands, -1: none; an event's
                             // own call, where the step is one
  // The outermost call that `call` is in.
  int outermost(int call) const;
  bool within(int call, int outer) const;
};

Calls calls_of(const model::Model& model, const model::Layout& layout, const FoundRun& found);

}  // namespace luproof::checker
