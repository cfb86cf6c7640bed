// SPDX-License-Identifier: GPL-2.0-or-later
// The lines before the first event, and formats that look like ftrace text and are none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "traces/health.h"
#include "traces/reader.h"

namespace luproof::traces::text {

// Reads a line into `header`; false if it is no header line.
bool read_header_line(std::string_view line, CaptureHeader& header);

// The kernel's release, if the first bytes of a file say it.
std::string release_in(std::string_view start);

// What the file is if its first bytes say that it is no capture that is read here.
std::optional<Refusal> foreign_start(std::string_view start);
// A tracer or an option whose lines are not read.
std::optional<Refusal> foreign_header_line(std::string_view line);
// Why a file without a single event has none, judged by its first bytes.
Refusal no_events(std::string_view sample, const CaptureHeader& header);

}  // namespace luproof::traces::text
