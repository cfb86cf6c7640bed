// SPDX-License-Identifier: GPL-2.0-or-later
// Why a run violates: the steps that matter, from when on it could not be avoided, and what would
// have come without each of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/explain/slice.h"

namespace luproof::checker {

// From when on every continuation violates, all actors going on where they can.
struct Avoidance {
  bool known = false;
  int too_late = 0;  // after this step (from 1; 0: from the start) it cannot be avoided
  std::vector<std::pair<Label, std::vector<Value>>> instead;  // of that step, with arguments
  std::size_t states = 0;                                     // that were looked at
  std::string reason;                                         // why it is not known
};

// A step that never comes from where it was taken on: the same actor, statement and arguments.
struct Without {
  int step = 0;
  enum class Then : std::uint8_t { Anyway, Never, Unknown } then = Then::Unknown;
  Run run;              // Anyway: the whole run that violates without it, replayed
  bool goes_on = true;  // Never: the actor of the step still moves
  bool ends = true;     // Never: a claim is still let go after the kexec
  std::size_t states = 0;
  std::string reason;  // Unknown
};

struct Explanation {
  Violation violation;
  Slice slice;
  Avoidance avoidance;
  std::vector<Without> without;  // of the visible steps that matter
};

// nullptr: luproof's own error, or one in the input; `why` says which.
std::unique_ptr<Explanation> explain(const model::Model& model, const model::Layout& layout,
                                     const Run& run, const Violation& violation,
                                     const Limits& limits, std::string& why,
                                     model::Diagnostics& diagnostics);

}  // namespace luproof::checker
