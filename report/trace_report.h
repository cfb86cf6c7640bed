// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict about captures, as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "report/style.h"
#include "traces/verdict.h"

namespace luproof::report {

// The command that gives this verdict again; arguments are quoted for a shell.
std::string trace_command(const std::vector<std::string>& arguments);

// `health`: with the tables of report/trace_health.h; without, one line if something is wrong.
std::string trace_text(const traces::TraceVerdict& verdict, const std::string& command,
                       const Style& style, bool health = false);

// What was made of the line that --explain-line asks about.
std::string explained_text(const traces::TraceVerdict& verdict);
std::string explained_json(const traces::TraceVerdict& verdict);

// One object. Its fields are described in report/trace.schema.json.
std::string trace_json(const traces::TraceVerdict& verdict);

}  // namespace luproof::report
