// SPDX-License-Identifier: GPL-2.0-or-later
// Moves an instance: one action at a time, and from step to step.
#pragma once

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {

// One action of run.instance, shared or local: every outcome, none if it has to wait.
Runs act(const World& world, Run run);
// The local actions up to the next step of run.instance, or its end.
Runs settle(const World& world, Run run);
// What follows a whole step: the actors that a kexec has restarted, then the instance itself.
Runs complete(const World& world, Run run, const Stmt* stmt);
// The code of an instance begins.
void start(const World& world, Control& control, int instance);

}  // namespace luproof::checker::plain
