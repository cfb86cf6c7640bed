// SPDX-License-Identifier: GPL-2.0-or-later
// The probes that a capture was made with: kprobe_events or dynamic_events of the kernel.
//
// A probe that was defined and has no line did not fire; one that was not defined shows nothing.
// Only this file tells the two apart, and it names the functions where a tool did not print them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "model/source.h"

namespace luproof::traces {

// Lines `p:GROUP/NAME FUNCTION ARGS`, `f:…`, and of set_ftrace_filter `FUNCTION [MODULE]`; return
// probes and other lines are left out. Fills the functions by the names of their events, the set of
// probed functions, and those that the function tracer shows. Nothing at all is an error.
void read_probes(const model::Source& source,
                 std::map<std::string, std::string, std::less<>>& names,
                 std::set<std::string, std::less<>>& functions,
                 std::set<std::string, std::less<>>& traced, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
