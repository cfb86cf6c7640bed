// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace luproof::cli {

// The linker's hash over this program, in hexadecimal digits: two builds that say the same version
// may still answer differently.
std::string build_id();

}  // namespace luproof::cli
