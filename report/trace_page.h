// SPDX-License-Identifier: GPL-2.0-or-later
// What captures show, for a browser (report/page.h): lanes of the tasks, what each function went
// through, the lines in their own words; and the run of a design, where one was asked about.
#pragma once

#include <string>

#include "report/sources.h"
#include "traces/verdict.h"

namespace luproof::report {

// `command` gives the verdict again; paths below `folder` are shown without it.
std::string trace_page(const traces::TraceVerdict& verdict, const std::string& command,
                       const Sources& sources, const std::string& folder);

}  // namespace luproof::report
