// SPDX-License-Identifier: GPL-2.0-or-later
// The columns before an event: task, pid, CPU, time.
//
// A task may call itself anything, `a-1 [000] d..1.` included, so a search for the first thing
// that looks like a pid picks the wrong one. The kernel prints the name in exactly 16 columns:
// in an untouched line the character after them is the '-' before the pid, and that settles it.
// Only lines that are not like this (indented, or with an instance's name in front) are searched.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace luproof::traces::text {

inline constexpr int kMaxCpu = 8191;  // the kernel's largest NR_CPUS, less one

struct Columns {
  std::string_view task;
  int pid = -1;
  int cpu = -1;
  std::optional<std::int64_t> time_ns;  // a time with a point
  std::optional<std::int64_t> ticks;    // a clock that counts
  std::string_view group;               // of the event, where it stands before its name
  std::string_view body;
  bool searched = false;
};

// False if `line` is no event line of this form. Each form has the kernel's own order of columns:
// "            init-1       [000] ...1.   137.692973: body"
bool split_columns(std::string_view line, Columns& columns);
// "  python3-23684     1...1. 193335us+: body"; the name is cut to 8 characters
bool split_latency(std::string_view line, Columns& columns);
// "         python3   23770   1 1 00000003 00000000 [6740f8e2] 13.326ms (+0.006ms): body"
bool split_verbose(std::string_view line, Columns& columns);
// "qemu-kvm 2712/2714 [001] 44.407649123: group:name: text"
bool split_perf(std::string_view line, Columns& columns);

// "137.692973" (s.µs), "137.692973001" (s.ns) or "4356856512308" (a count).
bool read_time(std::string_view token, Columns& columns);

}  // namespace luproof::traces::text
