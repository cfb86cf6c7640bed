// SPDX-License-Identifier: GPL-2.0-or-later
// The error numbers of Linux by name: a misspelt one would be an error of its own that nothing
// meets.
#pragma once

#include <string>
#include <vector>

namespace luproof::model {

const std::vector<std::string>& errno_names();  // "-EBUSY", …
bool is_errno(const std::string& name);

}  // namespace luproof::model
