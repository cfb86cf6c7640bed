// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of a stream, in constant memory.
//
// The kernel prints no line longer than a page or two. A longer one is damage, or an attack on the
// memory: its start is handed on, the rest is read and thrown away.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "traces/input/bytes.h"

namespace luproof::traces::input {

inline constexpr std::size_t kLongestLine = std::size_t{64} << 10;

class Lines {
 public:
  explicit Lines(BytesPtr bytes);

  // The first bytes of the stream, for a look at what it is; before the first line is taken.
  std::string_view head() const { return {data() + kFront, end_ - kFront}; }
  // The next line without its end, whether "\n" or "\r\n"; valid until the next call.
  bool next(std::string_view& line);

  // The whole lines that are in memory, from the next one on, with their ends; none if the next
  // line is not there to its end. What is read of them with next() or left out with skip() is the
  // same as elsewhere. kBehind bytes behind them can be read.
  std::string_view ahead();
  void skip(std::size_t bytes) { begin_ += bytes; }
  const char* at() const { return data() + begin_; }
  static constexpr std::size_t kBehind = 128;

  // Of the line that was taken last: longer than kLongestLine; the file ended in it.
  bool too_long() const { return too_long_; }
  bool cut() const { return cut_; }
  const std::string& problem() const { return bytes_->problem(); }

 private:
  bool fill();
  bool skip_rest();

  // Room for the start of a line, and behind it, at a page's border, for what is read: the kernel
  // copies to other places at half the speed.
  static constexpr std::size_t kFront = kLongestLine + 4096;
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  char* data() const { return buffer_.get(); }

  BytesPtr bytes_;
  std::unique_ptr<char, Free> buffer_;
  std::size_t begin_ = kFront, end_ = kFront;
  bool ended_ = false;     // the stream
  bool skipping_ = false;  // the rest of a line that was too long is still to come
  bool too_long_ = false;
  bool cut_ = false;
};

}  // namespace luproof::traces::input
