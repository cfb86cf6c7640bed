// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/style.h"

#include <algorithm>
#include <array>

#include "traces/text/columns.h"
#include "traces/text/graph.h"
#include "traces/text/log.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr int kVoters = 200;
constexpr std::size_t kStyles = static_cast<std::size_t>(Style::Log) + 1;

// Marks that settle it whatever the other lines are.
struct Mark {
  std::string_view start;
  Style style;
};
constexpr std::array<Mark, 2> kMarks = {{
    {"# tracer: function_graph", Style::Graph},
    {"Linux version ", Style::Log},
}};

}  // namespace

std::string_view style_name(Style style) {
  constexpr std::string_view kNames[] = {"ftrace text",
                                         "ftrace text in latency format",
                                         "ftrace text in verbose format",
                                         "function_graph text",
                                         "perf script text",
                                         "a kernel log"};
  return kNames[static_cast<std::size_t>(style)];
}

Style vote(std::string_view sample) {
  std::array<int, kStyles> votes{};
  const auto voted = [&](Style style) { ++votes[static_cast<std::size_t>(style)]; };
  int voters = 0;
  bool marked_latency = false;
  for (std::size_t at = 0; at < sample.size() && voters < kVoters;) {
    const std::size_t end = std::min(sample.find('\n', at), sample.size());
    std::string_view line = sample.substr(at, end - at);
    at = end + 1;
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    for (const Mark& mark : kMarks)
      if (line.starts_with(mark.start)) return mark.style;
    marked_latency = marked_latency || line.find(" latency trace v") != std::string_view::npos;
    if (line.starts_with('#')) continue;
    ++voters;
    Columns columns;
    GraphCells cells;
    LogPrefix prefix;
    if (split_log(line, prefix))
      voted(Style::Log);
    else if (split_columns(line, columns))
      voted(Style::Default);
    else if (split_latency(line, columns))
      voted(Style::Latency);
    else if (split_verbose(line, columns))
      voted(Style::Verbose);
    else if (split_graph(line, cells))
      voted(Style::Graph);
    else if (split_perf(line, columns))
      voted(Style::Perf);
  }
  const auto most = std::max_element(votes.begin(), votes.end());
  if (*most == 0) return marked_latency ? Style::Latency : Style::Default;
  return static_cast<Style>(most - votes.begin());
}

}  // namespace luproof::traces::text
