// SPDX-License-Identifier: GPL-2.0-or-later
// Which files `test` and `explain` look at.
#pragma once

#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::cli {

// A file stands for itself. A folder stands for the specs in its rules, designs, cases and
// questions (or in itself, if it is one of these), sorted. What is no file or holds no spec is an
// error.
std::vector<std::string> spec_files(const std::vector<std::string>& paths,
                                    model::Diagnostics& diagnostics);

}  // namespace luproof::cli
