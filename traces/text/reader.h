// SPDX-License-Identifier: GPL-2.0-or-later
// Reads ftrace text: `trace`, `trace_pipe`, a boot-mapped instance, `trace-cmd report`.
//
// The file's order of lines is the kernel's own merge by nanoseconds; the printed microseconds are
// coarser, so lines are handed on in that order and never sorted. The format has no magic number
// and no checksum: what a line is, is decided line by line, and what is odd goes to the health.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/source.h"
#include "traces/health.h"
#include "traces/line.h"

namespace luproof::traces {

class TextReader {
 public:
  // An empty file, one without a single event, and a format that is not ftrace text are errors.
  static std::optional<TextReader> open(model::SourcePtr source, model::Diagnostics& diagnostics);

  // The next line that is an event, a sign of loss, or cannot be understood. After it returns
  // false the health is final. `line` may be used again and again: its texts point into the source.
  bool next(TraceLine& line);

  const CaptureHealth& health() const { return health_; }
  const model::SourcePtr& source() const { return source_; }

 private:
  explicit TextReader(model::SourcePtr source) : source_(std::move(source)) {}

  std::optional<std::string_view> take_line();
  bool read_line(std::string_view text, TraceLine& line);
  bool read_event(std::string_view text, TraceLine& line);
  bool read_comment(std::string_view text, TraceLine& line);
  void read_loss(Anomaly kind, int cpu, std::int64_t events, TraceLine& line);
  void check_time(const TraceLine& line);
  void check_function(const TraceLine& line);
  void finish();

  model::SourcePtr source_;
  std::size_t at_ = 0;  // of the next line in the source's text
  CaptureHealth health_;
  bool finished_ = false;
  bool zero_bytes_ = false;
  std::optional<bool> callers_;          // whether function lines name their caller
  std::vector<std::int64_t> last_time_;  // by CPU
  std::string_view only_function_;       // the one name of all function lines so far
  std::int64_t function_lines_ = 0;      // -1: more than one name
  bool instance_prefix_ = false;         // `trace-cmd report` of an instance
};

}  // namespace luproof::traces
