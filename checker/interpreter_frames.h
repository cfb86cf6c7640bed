// SPDX-License-Identifier: GPL-2.0-or-later
// Entering and leaving procedures: docs/language.md, section 6, "Failure" and "Calls".
#pragma once

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {

// `dropped`: the result goes nowhere (an undo, an at-zero call).
void enter(const World& world, Run& run, int procedure, std::vector<Value> arguments, bool dropped,
           const Span& span);
// From now on the frame only releases (and, failing, undoes) what its scopes hold.
void leave(Frame& frame, Mode mode, Value result);
// Everything is released: back to the caller, or the end of the actor.
void finish(const World& world, Run& run);

}  // namespace luproof::checker::plain
