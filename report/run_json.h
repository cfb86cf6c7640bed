// SPDX-License-Identifier: GPL-2.0-or-later
// A run in the reports for programs: a list of steps, the same in all of them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "report/facts.h"

namespace luproof::report {

nlohmann::ordered_json run_json(const checker::Checked& checked,
                                const std::optional<checker::Run>& run, const Request& request);

}  // namespace luproof::report
