// SPDX-License-Identifier: GPL-2.0-or-later
// The commands for many machines, and how a batch system stops them.
#pragma once

#include "checker/verdict.h"
#include "cli/commands.h"

namespace luproof::cli {

Action sweep_command(CLI::App& app);
Action merge_command(CLI::App& app);

// As stop_on_interrupt, also for SIGTERM and SIGHUP, and after so many seconds; 0: any time. The
// second of these signals ends the process.
void stop_on_terminate(checker::Limits& limits, double seconds);

}  // namespace luproof::cli
