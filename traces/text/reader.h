// SPDX-License-Identifier: GPL-2.0-or-later
// Reads everything that is printed: `trace`, `trace_pipe`, an instance's, `trace-cmd report`,
// `perf script`, kernel logs with ftrace dumps inside, and pieces of them in a mail.
//
// The file's order of lines is the kernel's own merge by nanoseconds; the printed microseconds are
// coarser, so lines are handed on in that order and never sorted. The formats have no magic number
// and no checksum: the first lines decide by vote which one a file is, and then what a line is, is
// decided line by line. What is odd goes to the health.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/reader.h"
#include "traces/text/graph.h"
#include "traces/text/quick.h"
#include "traces/text/sieve.h"
#include "traces/text/style.h"
#include "traces/text/unwrapped.h"

namespace luproof::traces {

class TextReader : public CaptureReader {
 public:
  TextReader(std::string path, input::BytesPtr bytes);

  bool next(TraceLine& line) override;
  std::string quote(const TraceLine&) const override { return std::string(raw_); }
  std::optional<Refusal> refusal() const override;
  void words(std::vector<std::string> words) override;

  // How much of a capture is looked at line by line before lines are passed over.
  void look_at_first(std::uint64_t bytes) { looked_at_ = bytes; }
  // As if so many lines, all of them events, had been read before.
  void count_from(std::int64_t lines) { health_.lines = health_.events = lines; }
  text::Style style() const { return style_; }

 private:
  bool leave_out();
  bool fresh_block();
  bool clean() const;
  bool read_line(TraceLine& line);
  bool read_header(std::string_view text);
  bool read_styled(std::string_view text, text::Style style, TraceLine& line);
  bool read_columns(std::string_view text, text::Style style, TraceLine& line);
  bool read_graph(std::string_view text, TraceLine& line);
  bool read_log(std::string_view text, TraceLine& line);
  void finish_event(text::BodyResult result, TraceLine& line);
  void read_graph_event(text::GraphBody& graph, TraceLine& line);
  bool read_comment(std::string_view text, TraceLine& line);
  bool read_odd(std::string_view text, TraceLine& line);
  void read_loss(Anomaly kind, int cpu, std::int64_t events, TraceLine& line);
  void check_time(const TraceLine& line);
  void check_function(const TraceLine& line);
  void finish();

  text::Unwrapped lines_;
  text::Style style_ = text::Style::Default;
  std::string_view raw_;   // the line that was read last
  bool in_header_ = true;  // no line but header lines so far
  bool finished_ = false;
  std::optional<Refusal> refusal_;
  std::string sample_;                   // the first bytes, to say what a file is that has no event
  std::optional<bool> callers_;          // whether function lines name their caller
  std::vector<std::int64_t> last_time_;  // by CPU
  text::GraphState graph_;
  bool leaf_ = false;                 // the line that was handed on is a call and its return
  std::optional<Argument> returned_;  // ... with this value
  std::string only_function_;         // the one name of all function lines so far
  std::int64_t function_lines_ = 0;   // -1: more than one name
  bool instance_prefix_ = false;      // `trace-cmd report` of an instance
  int taken_ = 1;                     // lines of the file in the line that was read last
  bool zeros_ = false;                // so far the file has only zero bytes
  bool cut_ = false;

  // Leaving out what nobody asks about.
  std::vector<std::string> words_;
  std::optional<text::Sieve> sieve_;
  text::Quick quick_;
  text::Sieve::Block block_;
  std::string_view text_;   // what block_ is of
  std::size_t place_ = 0;   // of block_, the next one
  std::uint64_t read_ = 0;  // bytes before text_
  std::uint64_t looked_at_ = std::uint64_t{16} << 20;
};

}  // namespace luproof::traces
