// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of a stream, in constant memory.
//
// The kernel prints no line longer than a page or two. A longer one is damage, or an attack on the
// memory: its start is handed on, the rest is read and thrown away.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/input/bytes.h"

namespace luproof::traces::input {

inline constexpr std::size_t kLongestLine = std::size_t{64} << 10;

class Lines {
 public:
  explicit Lines(BytesPtr bytes);

  // The first bytes of the stream, for a look at what it is; before the first line is taken.
  std::string_view head() const { return {buffer_.data(), end_}; }
  // The next line without its end, whether "\n" or "\r\n"; valid until the next call.
  bool next(std::string_view& line);

  // The whole lines that are in memory, from the next one on, with their ends; none if the next
  // line is not there to its end. What is read of them with next() or left out with skip() is the
  // same as elsewhere. kBehind bytes behind them can be read.
  std::string_view ahead();
  void skip(std::size_t bytes) { begin_ += bytes; }
  const char* at() const { return buffer_.data() + begin_; }
  static constexpr std::size_t kBehind = 128;

  // Of the line that was taken last: longer than kLongestLine; the file ended in it.
  bool too_long() const { return too_long_; }
  bool cut() const { return cut_; }
  const std::string& problem() const { return bytes_->problem(); }

 private:
  bool fill();
  bool skip_rest();

  BytesPtr bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool ended_ = false;     // the stream
  bool skipping_ = false;  // the rest of a line that was too long is still to come
  bool too_long_ = false;
  bool cut_ = false;
};

}  // namespace luproof::traces::input
