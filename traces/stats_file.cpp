// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/stats_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "traces/text/scan.h"

namespace luproof::traces {

namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t CpuStats::*>, 3> kCounters = {
    {{"overrun", &CpuStats::overrun},
     {"commit overrun", &CpuStats::commit_overrun},
     {"dropped events", &CpuStats::dropped}}};

// N of ".../cpuN/stats", or -1.
int cpu_of(std::string_view line) {
  const std::size_t at = line.rfind("/cpu");
  if (at == std::string_view::npos) return -1;
  std::string_view rest = line.substr(at + 4);
  return text::number_of<int>(text::take_while(rest, text::is_digit)).value_or(-1);
}

}  // namespace

std::optional<std::vector<CpuStats>> read_stats(const model::SourcePtr& source,
                                                model::Diagnostics& diagnostics) {
  std::vector<CpuStats> all;
  int announced = -1;
  const int errors = diagnostics.errors();
  const int lines = static_cast<int>(source->line_starts.size());
  for (int number = 1; number <= lines; ++number) {
    const std::string_view line = text::trim(source->line(number));
    const std::size_t colon = line.find(':');
    if (line.empty()) continue;
    if (colon == std::string_view::npos) {
      announced = cpu_of(line);
      continue;
    }
    const std::string_view key = line.substr(0, colon);
    if (key == "CPU") {  // as trace-cmd writes it
      announced = text::number_of<int>(text::trim(line.substr(colon + 1))).value_or(-1);
      continue;
    }
    if (key == "entries") {
      all.push_back({});
      all.back().cpu = std::exchange(announced, -1);
    }
    const auto* const counter = std::find_if(kCounters.begin(), kCounters.end(),
                                             [&](const auto& c) { return c.first == key; });
    if (counter == kCounters.end()) continue;
    const auto value = text::number_of<std::int64_t>(text::trim(line.substr(colon + 1)));
    if (!value || *value < 0 || all.empty()) {
      diagnostics.error({source, number, 1, 1},
                        all.empty() ? "a counter before 'entries:'" : "no number",
                        "per_cpu/cpuN/stats of the ring buffer, as the kernel prints it");
      break;
    }
    all.back().*counter->second = *value;
  }
  if (all.empty() && diagnostics.errors() == errors)
    diagnostics.error({source, 0, 0, 1}, "no per-CPU statistics in this file",
                      "cat /sys/kernel/tracing/per_cpu/cpu*/stats");
  if (diagnostics.errors() != errors) return std::nullopt;
  return all;
}

}  // namespace luproof::traces
