// SPDX-License-Identifier: GPL-2.0-or-later
// per_cpu/cpuN/stats of a ring buffer: the only place that says that the newest events were
// dropped. A capture taken with overwrite=0 looks complete in its own header.
#pragma once

#include <optional>
#include <vector>

#include "model/source.h"

namespace luproof::traces {

struct CpuStats {
  int cpu = -1;                     // -1: the file does not say which
  std::int64_t overrun = 0;         // overwritten
  std::int64_t commit_overrun = 0;  // dropped by nesting
  std::int64_t dropped = 0;         // dropped because the buffer was full

  std::int64_t missing() const { return overrun + commit_overrun + dropped; }
};

// The stats of one or more CPUs, one after the other, with or without the file's name before each.
// nullopt after an error.
std::optional<std::vector<CpuStats>> read_stats(const model::SourcePtr& source,
                                                model::Diagnostics& diagnostics);

}  // namespace luproof::traces
