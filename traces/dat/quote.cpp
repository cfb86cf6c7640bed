// SPDX-License-Identifier: GPL-2.0-or-later
// An event of a binary file as the kernel would have printed it, without the flags before the time.
#include <fmt/format.h>

#include "traces/dat/reader.h"

namespace luproof::traces {

std::string DatReader::quote(const TraceLine& line) const {
  std::string text = fmt::format("{:>16}-{:<7} [{:03}] ", line.task, line.pid, line.cpu);
  const std::int64_t microseconds = line.time_ns.value_or(0) / 1000 +
                                    (line.time_ns.value_or(0) % 1000 >= 500 ? 1 : 0);  // rounded
  if (line.time_ns)
    text += fmt::format("{:>5}.{:06}: ", microseconds / 1'000'000, microseconds % 1'000'000);
  else
    text += fmt::format("{}: ", line.ticks.value_or(0));
  const auto arguments = [&] {
    for (const Argument& arg : line.args)
      text += arg.number ? fmt::format(" {}={}", arg.name, arg.text)
                         : fmt::format(" {}=\"{}\"", arg.name, arg.text);
  };
  switch (line.kind) {
    case LineKind::Lost:
      return line.lost >= 0 ? fmt::format("CPU:{} [LOST {} EVENTS]", line.cpu, line.lost)
                            : fmt::format("CPU:{} [LOST EVENTS]", line.cpu);
    case LineKind::Function:
      text += fmt::format("{} <-{}", line.symbol, line.caller);
      break;
    case LineKind::GraphEntry:
      text += fmt::format("{}() {{", line.symbol);
      break;
    case LineKind::GraphExit:
      text += fmt::format("}} /* {} */", line.symbol);
      break;
    case LineKind::Kprobe:
      text += fmt::format("{}: ({}+{:#x})", line.symbol,
                          line.function.empty() ? "0" : line.function, offset_);
      arguments();
      break;
    case LineKind::Kretprobe:
      text += fmt::format("{}: ({} <- {})", line.symbol, line.caller, line.function);
      arguments();
      break;
    case LineKind::Tracepoint:
      text += fmt::format("{}:", line.symbol);
      arguments();
      break;
    default:
      text += fmt::format("{}: {}", line.symbol, line.text);
  }
  return text;
}

}  // namespace luproof::traces
