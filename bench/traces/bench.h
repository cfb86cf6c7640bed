// SPDX-License-Identifier: GPL-2.0-or-later
// What scripts/bench traces measures with; each function is one command of bench_traces.
#pragma once

#include <string>

namespace luproof::bench {

// Captures of any size, from real ones: the same lines or pages again and again, later each time.
// `every`: of so many lines one names a symbol of `words`; 1 for all.
bool grow_text(const std::string& from, const std::string& to, std::uint64_t bytes, int every);
bool grow_dat(const std::string& from, const std::string& to, std::uint64_t bytes);

// One line of JSON each: seconds of CPU, bytes, lines or events, and the most memory used.
bool count_newlines(const std::string& path);
enum class Lines { PassedOver, LookedAt, TakenApart };
bool read_text(const std::string& path, Lines how);
bool read_dat(const std::string& path);

// The symbols that the shipped bindings of PCI know, as far as captures show them.
extern const char* const kSymbols[];
extern const int kSymbolCount;

}  // namespace luproof::bench
