// SPDX-License-Identifier: GPL-2.0-or-later
// One line of a capture, as every reader hands it on, whatever the file format was.
//
// The readers say what a line states and nothing more: which line means which step of a design is
// decided by the bindings. The texts are views into what the reader holds, so that reading a
// capture of gigabytes allocates nothing per line; they live until the next line is read. A line
// that cannot be understood is handed on too, as Unknown: what it hides must stay visible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::traces {

// `name=value` of an event or a traced function.
struct Argument {
  std::string_view name;
  std::string_view text;               // as printed, without quotes
  std::optional<std::int64_t> number;  // of a decimal or 0x value; above 2^63 it wraps to negative
};

enum class LineKind {
  Function,    // the function tracer: `function` was called by `caller`
  GraphEntry,  // the function_graph tracer: `function` was called
  GraphExit,   // ... and returned; `function` is empty where the tracer names none
  Kprobe,      // a probe event `symbol` in `function`
  Kretprobe,   // a return probe event `symbol`: `function` returned to `caller`
  Marker,      // user space wrote `text` into trace_marker
  Tracepoint,  // any other event `symbol`, its text in `text`, its name=value pairs in `args`
  Message,     // the kernel's own log: `text`, its driver in `symbol`, its function in `dev`
  Boot,        // the first line of another kernel: `text` is its release
  Lost,        // events of `cpu` are missing before its next line
  Stack,       // a line of a stack trace: belongs to the event before it, is none itself
  Unknown,     // an event the kernel could not print, or a damaged line
};

struct TraceLine {
  // Of the line in the file, from 1; in a binary file of the event, in order of time.
  std::int64_t number = 0;
  LineKind kind = LineKind::Unknown;
  std::string_view task;  // the name the task had when the capture was read: no identity
  int pid = -1;           // -1: the line does not say
  int cpu = -1;           // -1: the line does not say
  // Exactly one of the two is there if the line has a time: clocks that count (`counter`,
  // `x86-tsc`, `uptime`) print no point, and their numbers are no nanoseconds.
  std::optional<std::int64_t> time_ns;
  std::optional<std::int64_t> ticks;
  std::string_view group;     // of the event ("kprobes"), where the file names it
  std::string_view symbol;    // of the event, or the function for Function and Graph lines
  std::string_view function;  // without offset and module; empty if only an address was printed
  std::string_view caller;    // the same
  std::vector<Argument> args;
  std::string_view text;   // after the event's name and colon; the whole line for Unknown and Lost
  std::int64_t lost = -1;  // Lost: how many events, -1 if the line does not say
  std::string_view quote;  // the line as it is shown to people; only of lines that were kept

  void clear() {
    kind = LineKind::Unknown;
    task = group = symbol = function = caller = text = quote = {};
    pid = cpu = -1;
    time_ns.reset();
    ticks.reset();
    args.clear();
    lost = -1;
  }
  const Argument* find(std::string_view name) const {
    for (const Argument& arg : args)
      if (arg.name == name) return &arg;
    return nullptr;
  }
};

// As a capture prints it, for a line that names its task.
inline std::string task_and_pid(const TraceLine& line) {
  return std::string(line.task) + '-' + std::to_string(line.pid);
}

// The function of the source behind a compiled one: `f` for `f.cold`, `f.isra.0`, `f.part.0`.
// No function of C has a point in its name. Compilers cut such parts out of a function; a call of
// a part is a call of the function.
inline std::string_view base_function(std::string_view name) {
  const std::size_t point = name.find('.', 1);
  return name.substr(0, point);
}

}  // namespace luproof::traces
