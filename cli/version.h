// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace luproof::cli {

// What --version prints: the version, what this executable was built of, and where its specs are.
std::string version_text();
// "0.1.0"
std::string version();
std::string release_date();

}  // namespace luproof::cli
