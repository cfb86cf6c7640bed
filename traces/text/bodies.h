// SPDX-License-Identifier: GPL-2.0-or-later
// What follows the time: the event itself.
//
// The forms overlap and the format does not say which is which, so they are told apart by what
// only one of them can have: a name with a colon is an event, "(symbol+0x4/0x40)" after it a probe,
// "<-" without a colon a traced function. A body cut off in the middle fits none and is damage.
#pragma once

#include <optional>
#include <string_view>

#include "traces/line.h"

namespace luproof::traces::text {

// Tree: a line of function_graph as trace-cmd prints it; `text` is what read_tree takes.
enum class BodyResult { Event, Tree, UnknownType, LineTooBig, Damaged };

// Fills kind, symbol, function, caller, args and text. `callers` remembers whether this file's
// function lines name their caller: if they do, one that does not is cut off.
BodyResult read_body(std::string_view body, std::optional<bool>& callers, TraceLine& line);

}  // namespace luproof::traces::text
