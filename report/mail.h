// SPDX-License-Identifier: GPL-2.0-or-later
// The report to paste into a mail: at most 72 columns, at most 30 lines for each violation.
// Addresses stay whole.
#pragma once

#include <string>

#include "report/facts.h"
#include "report/sources.h"

namespace luproof::report {

// Of `sources` those that the rules cite which break something, with their addresses.
std::string mail(const checker::Checked& checked, const Request& request,
                 const Sources& sources = {});

}  // namespace luproof::report
