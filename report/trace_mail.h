// SPDX-License-Identifier: GPL-2.0-or-later
// What captures show, to paste into a mail: at most 72 columns, lines of captures behind "> ".
#pragma once

#include <string>

#include "report/sources.h"
#include "report/trace_batch.h"
#include "traces/verdict.h"

namespace luproof::report {

// `name`: of the run. `command` gives the verdict again. Of `sources` those that what is violated
// cites, with their addresses.
std::string trace_mail(const traces::TraceVerdict& verdict, const std::string& name,
                       const std::string& command, const Sources& sources);
// Of a folder: what came of its runs, and the mail of each one that is not as it should be.
std::string batch_mail(const TraceRuns& all);

}  // namespace luproof::report
