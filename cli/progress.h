// SPDX-License-Identifier: GPL-2.0-or-later
// How far a search is, and how the user stops it.
#pragma once

#include <string>

#include "checker/verdict.h"

namespace luproof::cli {

// The first Ctrl-C sets Limits::interrupted, so that the command ends with what it knows; the
// second one ends the process.
void stop_on_interrupt(checker::Limits& limits);
bool interrupted();

// One line on stderr that is written over, if stderr is a terminal; nothing otherwise. `name` is
// shown before the numbers.
void show_progress(checker::Limits& limits, const std::string& name);
// The same for a command with many searches: how many of them are done.
void show_done(const std::string& what, std::size_t done, std::size_t of);
void end_progress();

}  // namespace luproof::cli
