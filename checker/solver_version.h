// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace luproof::checker {

// Of the Z3 that runs, which a package may have exchanged since the build.
std::string solver_version();

}  // namespace luproof::checker
