// SPDX-License-Identifier: GPL-2.0-or-later
// The report to paste into a mail: at most 72 columns, at most 25 lines for each violation.
#pragma once

#include <string>

#include "report/facts.h"

namespace luproof::report {

std::string mail(const checker::Checked& checked, const Request& request);

}  // namespace luproof::report
