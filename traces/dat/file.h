// SPDX-License-Identifier: GPL-2.0-or-later
// A trace-cmd file (trace.dat, versions 6 and 7): what it is made of, without its events.
//
// Version 6 is one sequence of parts; version 7 is sections that options point to, each packed or
// not. Both say the same: how events look, what addresses and pids are called, and where the pages
// of each CPU are. Every offset is checked against the file before it is followed, a part that is
// damaged is left out and named; only without formats or pages there is nothing to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "traces/dat/format.h"
#include "traces/dat/pages.h"
#include "traces/dat/symbols.h"
#include "traces/dat/words.h"
#include "traces/input/spool.h"
#include "traces/reader.h"
#include "traces/stats_file.h"

namespace luproof::traces::dat {

inline constexpr std::string_view kMagic = "\x17\x08\x44tracing";

// One ring buffer: the machine's, or an instance's.
struct Buffer {
  std::string name;  // "" is the machine's
  std::string clock;
  std::uint32_t page_size = 4096;
  std::vector<CpuData> cpus;
};

struct File {
  input::RandomFile bytes;
  int version = 0;
  Words words;
  std::uint32_t page_size = 4096;
  PageHeader page_header;
  std::unordered_map<int, Format> formats;
  Symbols symbols;
  std::unordered_map<int, std::string> tasks;
  std::string clock, release;
  std::vector<Buffer> buffers;
  std::vector<CpuStats> stats;
  std::string stats_text;            // of all buffers, as the kernel printed it
  std::vector<std::string> damaged;  // parts that could not be read

  const Format* format(int id) const {
    const auto found = formats.find(id);
    return found == formats.end() ? nullptr : &found->second;
  }
};

// Without a value: why the file cannot be read.
struct Opened {
  std::optional<File> file;
  Refusal refusal;
};
Opened open_file(input::RandomFile bytes);

}  // namespace luproof::traces::dat
