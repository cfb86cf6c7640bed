// SPDX-License-Identifier: GPL-2.0-or-later
// What engines share: names of steps, and what a step did.
#pragma once

#include <string>
#include <vector>

#include "model/layout.h"
#include "model/model.h"

namespace luproof::checker {

using model::State;
using model::Value;

// One step, named so that another engine can find it again.
struct Label {
  int instance = -1;  // index in Layout::instances(), or -1 for an event that happens by itself
  int stmt = -1;      // Stmt::id of the statement that was the step, or -1
  int event = -1;     // of an event that happens by itself
  std::vector<Value> args;  // its arguments
  // Free choices of the step, in the order in which they were taken: may-fail 0 goes on, 1 fails;
  // either: the alternative; pick and for: the member's value; `any` at boot: the value.
  std::vector<Value> choices;
  bool operator==(const Label&) const = default;
};

// Built-in violations, by docs/language.md. None = no fault.
enum class Fault : std::uint8_t {
  None,
  NoneReference,
  StaleReference,
  WrongKind,
  OutOfRange,
  RefcountUnderflow,
  AbsentHandover,
  DoubleRestore,
  DoubleAppend,
  NotAMember,
  UnlockUnheld,
  LockLeaked,
  RecursionTooDeep,
  EndlessLoop,
};
const char* fault_name(Fault fault);  // "none-reference", …

// A procedure that was entered or left during a step.
struct Passage {
  int procedure = -1;
  bool returned = false;
  bool has_result = false;
  Value result = 0;
  bool operator==(const Passage&) const = default;
};

// 1 for a visible step (docs/language.md, section 12), else 0.
int weight_of(const model::Model& model, const Label& label);

}  // namespace luproof::checker
