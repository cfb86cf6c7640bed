// SPDX-License-Identifier: GPL-2.0-or-later
// Compares the text of a ring buffer with the binary file of the same buffer, event by event.
//
// What only one of the two can say is left out: nanoseconds, the names of a function's arguments,
// the calls that were open when the capture began (text does not name their returns).
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "traces/line.h"

namespace luproof::traces::test {

inline std::string number_text(const Argument& argument) {
  return argument.number ? std::to_string(*argument.number) : std::string(argument.text);
}

// The kernel rounds nanoseconds to microseconds where it prints events, and cuts them where it
// draws the tree of function_graph.
enum class Printed { Rounded, Cut };

// What both say of an event, as one text.
inline std::string facts(const TraceLine& line, Printed printed) {
  constexpr const char* kKinds[] = {"function",  "entry",  "exit",  "kprobe",
                                    "kretprobe", "marker", "event", "message",
                                    "boot",      "lost",   "stack", "unknown"};
  std::string text = fmt::format("{} cpu{} ", kKinds[static_cast<int>(line.kind)], line.cpu);
  if (line.pid >= 0) text += fmt::format("pid{} ", line.pid);
  const std::int64_t half = printed == Printed::Rounded ? 500 : 0;
  if (line.time_ns) text += fmt::format("{}us ", (*line.time_ns + half) / 1000);
  switch (line.kind) {
    case LineKind::Function:
      return text + fmt::format("{} <- {}", line.function, line.caller);
    case LineKind::GraphEntry:
    case LineKind::GraphExit:
      return text + std::string(line.function);
    case LineKind::Kprobe:
    case LineKind::Kretprobe:
      text += fmt::format("{} in {} from {}", line.symbol, line.function, line.caller);
      for (const Argument& arg : line.args)
        text += fmt::format(" {}={}", arg.name, number_text(arg));
      return text;
    case LineKind::Marker:
      return text + std::string(line.text);
    case LineKind::Tracepoint:
      return text + std::string(line.symbol);
    case LineKind::Lost:
      return text + std::to_string(line.lost);
    default:
      return text;
  }
}

// Takes from `dat` what it does not know where text does: where modules of another boot were, and
// when a call returned that text draws on one line, and names that trace-cmd does not print.
inline void forget_unknown(TraceLine& text, TraceLine& dat) {
  if (dat.function.empty()) text.function = {};
  if (dat.caller.empty()) text.caller = {};
  if (text.caller.empty()) dat.caller = {};
  if (text.kind == LineKind::Kprobe || text.kind == LineKind::Kretprobe)
    if (text.function.empty()) dat.function = {};
  if (text.kind == LineKind::GraphExit && !text.time_ns) dat.time_ns.reset();
}

// The first differences, one a line; "" if there are none.
inline std::string differences(const std::vector<TraceLine>& text,
                               const std::vector<TraceLine>& dat, Printed printed) {
  std::string found;
  int shown = 0;
  if (text.size() != dat.size())
    found += fmt::format("{} lines of text, {} of binary\n", text.size(), dat.size());
  for (std::size_t i = 0; i < std::min(text.size(), dat.size()) && shown < 5; ++i) {
    TraceLine a = text[i], b = dat[i];
    forget_unknown(a, b);
    if (facts(a, printed) == facts(b, printed)) continue;
    ++shown;
    found += fmt::format("line {}: {}\n event {}: {}\n", text[i].number, facts(a, printed),
                         dat[i].number, facts(b, printed));
  }
  return found;
}

}  // namespace luproof::traces::test
