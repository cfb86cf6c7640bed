// SPDX-License-Identifier: GPL-2.0-or-later
// What a design has to say about captures: the furthest line, the states alive there, and a run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "traces/verdict.h"

namespace luproof::report {

std::string design_text(const traces::DesignVerdict& design);
nlohmann::ordered_json design_json(const traces::DesignVerdict& design);

}  // namespace luproof::report
