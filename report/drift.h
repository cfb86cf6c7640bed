// SPDX-License-Identifier: GPL-2.0-or-later
// What changed below the rules, for people and programs.
#pragma once

#include <string>

#include "kernel/drift.h"
#include "report/facts.h"

namespace luproof::report {

int exit_status(const kernel::Drift& drift);
std::string drift_text(const kernel::Drift& drift, const Request& request);
std::string drift_json(const kernel::Drift& drift, const Request& request);
// What was recorded, and what could not be.
std::string recorded_text(const kernel::Fingerprints& recorded, const std::string& file);

}  // namespace luproof::report
