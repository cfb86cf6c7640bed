// SPDX-License-Identifier: GPL-2.0-or-later
// --memory SIZE, and what holds where nobody gave it.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "model/source.h"

namespace luproof::cli {

inline constexpr const char* kMemoryHelp =
    "Stop at SIZE of memory: 512M, 2G; 0: never (default: 3/4 of the machine's)";

// Bytes: of what was given, of 3/4 of the machine for "", none (0) for "0". A size that cannot be
// read is an error.
std::size_t memory_limit(const std::string& given, model::Diagnostics& diagnostics);

// Becomes true where the limit that nobody gave has ended something.
std::atomic<bool>* usual_memory_full();
// Says so on stderr, if it was.
void tell_usual_memory();

}  // namespace luproof::cli
