// SPDX-License-Identifier: GPL-2.0-or-later
// What `check` found, for a browser (report/page.h): every reading with its verdicts, runs, rules,
// and the states that a run goes through.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/facts.h"
#include "report/sources.h"

namespace luproof::report {

std::string check_page(const std::vector<std::pair<checker::Checked, Request>>& results,
                       const Sources& sources);

}  // namespace luproof::report
