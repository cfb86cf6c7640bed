// SPDX-License-Identifier: GPL-2.0-or-later
// The small files beside a capture: statistics, probe definitions, moments and what is kept.
#include <cstdint>

#include "traces/keep.h"
#include "traces/probe_file.h"
#include "traces/stats_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = model::Source::make("fuzz", text);
  model::Diagnostics diagnostics;
  traces::read_stats(source, diagnostics);
  std::map<std::string, std::string, std::less<>> names;
  std::set<std::string, std::less<>> functions, traced;
  traces::read_probes(*source, names, functions, traced, diagnostics);
  traces::read_keep(text, diagnostics);
  traces::read_moment(text, "--x", diagnostics);
  diagnostics.render();
  return 0;
}
