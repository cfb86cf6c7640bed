// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

namespace luproof::cli {

// Columns of the terminal that standard output is; 0 if it is none, or does not say.
std::size_t terminal_width();

}  // namespace luproof::cli
