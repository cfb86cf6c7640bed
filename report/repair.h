// SPDX-License-Identifier: GPL-2.0-or-later
// What would keep a design's claims, as lines to paste into a variant and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "checker/repair/repair.h"
#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

std::string repair_text(const checker::repair::Repairs& repairs, const Style& style);
nlohmann::ordered_json repair_json(const checker::repair::Repairs& repairs);
// kHolds: repaired, or nothing to repair; kViolated: no set of candidates is one; kInconclusive.
int exit_status(const checker::repair::Repairs& repairs);

}  // namespace luproof::report
