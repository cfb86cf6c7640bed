// SPDX-License-Identifier: GPL-2.0-or-later
// The name=value pairs of an event, in the four ways the kernel prints them.
//
// Probe events quote their strings and are read strictly: what does not fit is damage. The generic
// form of a persistent ring buffer does not quote, so a string goes on to the next name. Functions
// separate by commas. Tracepoints print what their authors liked, and give the pairs they have.
#pragma once

#include <string_view>
#include <vector>

#include "traces/line.h"

namespace luproof::traces::text {

inline constexpr std::size_t kMaxArguments = 128;  // of a probe event in the kernel

// "-16", "0x507"; the number of a value printed as it is.
std::optional<std::int64_t> argument_number(std::string_view text);

// `dev="0000:01:00.0" where=0x4`. False if it is not that, or if a name comes twice: strings are
// not escaped, so a string with a quote in it can pose as further arguments.
bool read_probe_arguments(std::string_view text, std::vector<Argument>& args);

// `dev=0000:01:00.0 where=0x4 (4) enable=(0)`.
bool read_generic_arguments(std::string_view text, std::vector<Argument>& args);

// `dev=0xff3f, id=0`.
bool read_function_arguments(std::string_view text, std::vector<Argument>& args);

// Whatever pairs there are between other words; false if there are too many.
bool read_loose_arguments(std::string_view text, std::vector<Argument>& args);

}  // namespace luproof::traces::text
