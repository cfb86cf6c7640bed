// SPDX-License-Identifier: GPL-2.0-or-later
// The lines before the first event, and formats that look like ftrace text and are none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "traces/health.h"

namespace luproof::traces::text {

// Reads a line into `header`; false if it is no header line.
bool read_header_line(std::string_view line, CaptureHeader& header);

struct Refusal {
  std::string message;
  std::string hint;
};

// What the file is if its first bytes say that it is no ftrace text.
std::optional<Refusal> foreign_start(std::string_view text);
// A tracer or an option whose lines are not read.
std::optional<Refusal> foreign_header_line(std::string_view line);
// Why a file without a single event has none, judged by its first lines.
Refusal no_events(std::string_view text, const CaptureHeader& header);

}  // namespace luproof::traces::text
