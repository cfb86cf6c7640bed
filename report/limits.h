// SPDX-License-Identifier: GPL-2.0-or-later
// What specs say that they leave out, and what in them is not certain.
#pragma once

#include <string>
#include <vector>

#include "model/compose.h"

namespace luproof::report {

// As Markdown; files that say neither are left out. "" after an error.
std::string limits_markdown(const std::vector<std::string>& files,
                            const model::LoadOptions& options, model::Diagnostics& diagnostics);

}  // namespace luproof::report
