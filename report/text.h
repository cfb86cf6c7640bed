// SPDX-License-Identifier: GPL-2.0-or-later
// The report for a terminal.
#pragma once

#include <string>

#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

struct TextOptions {
  Style style;
  bool verbose = false;     // silent steps and witnesses in full
  bool statistics = false;  // what the engine did
};

// The steps of a run alone, as below a violation.
std::string run_text(const checker::Checked& checked, const checker::Run& run,
                     const Request& request, const TextOptions& options);

// One reading of one file: a header, a line a property, and below a violation what happens.
std::string text(const checker::Checked& checked, const Request& request,
                 const TextOptions& options);

}  // namespace luproof::report
