// SPDX-License-Identifier: GPL-2.0-or-later
// Why properties hold: `check --why`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

std::string why_text(const checker::Checked& checked, const Request& request, const Style& style);
// null if nothing is known of it.
nlohmann::ordered_json why_json(const checker::Checked& checked, const checker::Finding& finding,
                                const Request& request);

}  // namespace luproof::report
