// SPDX-License-Identifier: GPL-2.0-or-later
// Standard output, at its end: a report that did not arrive is no report.
#pragma once

#include <functional>

namespace luproof::cli {

// Runs a command and returns its status; kWrongInput, and a word on stderr, if not everything that
// it printed could be written. Where memory has run out, nothing was decided: kInconclusive.
int with_output(const std::function<int()>& command);

}  // namespace luproof::cli
