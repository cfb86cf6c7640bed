// SPDX-License-Identifier: GPL-2.0-or-later
// The report to paste into a mail: at most 72 columns (commands and addresses stay whole), at most 25
// lines for each violation.
#pragma once

#include <string>

#include "report/facts.h"
#include "report/sources.h"

namespace luproof::report {

// Of `sources` those that the rules cite which break something, with their addresses.
std::string mail(const checker::Checked& checked, const Request& request,
                 const Sources& sources = {});

}  // namespace luproof::report
