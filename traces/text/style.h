// SPDX-License-Identifier: GPL-2.0-or-later
// Which of the printed formats a file is.
#pragma once

#include <string_view>

namespace luproof::traces::text {

enum class Style {
  Default,  // "  sh-117  [001] d..1.  44.407649: event", trace-cmd report too
  Latency,  // "  sh-117  1d..1. 620167us+: event", ftrace dumps too
  Verbose,  // "  sh  117 1 0 00000000 00000000 [6740f8e2] 13.326ms (+0.006ms): event"
  Graph,    // " 1)  init-1  |  ! 770.282 us  |  f() {"
  Perf,     // "sh 117 [001] 44.407649: group:event: text"
  Log,      // "[   44.407649] pci 0000:01:00.0: message", with any of the others inside
};

std::string_view style_name(Style style);

// What most of the first lines are; without a line of any format, Default.
Style vote(std::string_view sample);

}  // namespace luproof::traces::text
