// SPDX-License-Identifier: GPL-2.0-or-later
// The report for programs: one object, whose fields are only ever added to.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "report/facts.h"

namespace luproof::report {

// All readings of all files of one `check`, each with what was asked.
std::string json(const std::vector<std::pair<checker::Checked, Request>>& results);
// What is said of a property, without its runs.
nlohmann::ordered_json finding_json(const checker::Checked& checked,
                                    const checker::Finding& finding, const Request& request);
// One entry of its `properties`: the same with the runs.
nlohmann::ordered_json property_json(const checker::Checked& checked,
                                     const checker::Finding& finding, const Request& request);

}  // namespace luproof::report
