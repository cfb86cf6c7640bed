// SPDX-License-Identifier: GPL-2.0-or-later
// A run in the reports for programs: a list of steps, the same in all of them. Beside what people
// read, each has a label by which report/run_file.h finds the run again.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "report/facts.h"

namespace luproof::report {

nlohmann::ordered_json run_json(const checker::Checked& checked,
                                const std::optional<checker::Run>& run, const Request& request);

// The free values of its first state; null where there is no run.
nlohmann::ordered_json start_json(const checker::Checked& checked,
                                  const std::optional<checker::Run>& run);

// How the spec was read: what `check` was asked for beside the file.
nlohmann::ordered_json reading_json(const checker::Checked& checked, const Request& request);

}  // namespace luproof::report
