// SPDX-License-Identifier: GPL-2.0-or-later
// The fewest lines of a capture that keep its verdict, for a bug report.
//
// Delta debugging: parts of the lines are left out, larger ones first, as long as the verdict stays
// what it was. What is left has no line that could go by itself, which is the fewest in practice;
// the smallest set of all would take exponential time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "traces/line_copy.h"
#include "traces/verdict.h"

namespace luproof::traces {

// Of 0 … count-1, those that have to stay for `keeps` to hold; it holds for all of them. At most
// `budget` questions are asked.
std::vector<std::size_t> fewest(std::size_t count,
                                const std::function<bool(const std::vector<std::size_t>&)>& keeps,
                                int budget);

// Whether two verdicts say the same, line numbers and gaps apart.
bool same_verdict(const TraceVerdict& a, const TraceVerdict& b);

// The text of a slice: lines as they stood in `health`'s kind of file, below a header.
std::string slice_text(const std::vector<OwnedLine>& lines, const std::string& path,
                       const std::string& format);

}  // namespace luproof::traces
