// SPDX-License-Identifier: GPL-2.0-or-later
// Which lines of the captures a design's verdict is about, for those who read it.
#pragma once

#include "traces/captures.h"
#include "traces/design/judge.h"

namespace luproof::traces {

// Gives the steps of the run that explains the captures the words, time and task of their lines.
void quote_lines(DesignVerdict& design, Captures& captures);

// The last lines with a meaning for the design up to the one that no run of it shows.
void list_lines(DesignVerdict& design, Captures& captures, const DesignJudge& judge);

}  // namespace luproof::traces
