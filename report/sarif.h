// SPDX-License-Identifier: GPL-2.0-or-later
// SARIF 2.1.0, as code scanning of CI systems reads it: what is violated, at the rule of the spec
// or the line of the capture that breaks it, with the run that leads there.
//
// Only what is violated is a result: readers take every result for an alert. What was not decided
// is told as a notification of the tool.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/facts.h"
#include "report/sources.h"
#include "report/trace_batch.h"

namespace luproof::report {

std::string check_sarif(const std::vector<std::pair<checker::Checked, Request>>& results,
                        const Sources& sources);
std::string trace_sarif(const TraceRuns& all, const Sources& sources);

}  // namespace luproof::report
