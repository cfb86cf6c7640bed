// SPDX-License-Identifier: GPL-2.0-or-later
// What the forms of a batch need of one run, taken from its JSON object.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/trace_batch.h"

namespace luproof::report {

inline constexpr const char* kWrong = "wrong input";

struct RunFacts {
  std::string verdict;             // as the JSON has it, or kWrong
  std::string what;                // one sentence: what decides it
  std::string property, function;  // of a violation
  nlohmann::ordered_json json;     // null if the input is wrong
};

RunFacts facts_of(const TraceRun& run);

}  // namespace luproof::report
