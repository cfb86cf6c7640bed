// SPDX-License-Identifier: GPL-2.0-or-later
// How well captures were read: everything that can be wrong with one, and whether it is with these.
//
// "No violation" is worth what the capture is worth. Who wants to rely on it has to be able to see
// what was looked for and not found, and not only what was found.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/style.h"
#include "traces/verdict.h"

namespace luproof::report {

// One table for each capture.
std::string health_text(const traces::TraceVerdict& verdict, const Style& style);
// One line for each capture that has something wrong with it; "" if none has.
std::string health_line(const traces::TraceVerdict& verdict);
nlohmann::ordered_json health_json(const traces::TraceVerdict& verdict);

}  // namespace luproof::report
