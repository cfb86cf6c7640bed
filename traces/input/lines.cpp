// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/input/lines.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace luproof::traces::input {

namespace {
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMostReturns = 1024;              // carriage returns at the end of a line
constexpr std::size_t kBlock = std::size_t{256} << 10;  // fits the second-level cache
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
}  // namespace

Lines::Lines(BytesPtr bytes)
    : bytes_(std::move(bytes)),
      buffer_(static_cast<char*>(std::aligned_alloc(kPage, kFront + kBlock + kPage))) {
  static_assert(kFront % kPage == 0 && kBehind <= kPage);
  if (buffer_ == nullptr) throw std::bad_alloc();
  end_ += read_fully(*bytes_, data() + end_, kLongestLine);
  if (head().starts_with(kByteOrderMark)) begin_ += kByteOrderMark.size();
}

// Makes room in the buffer and reads once. False at the end of the stream. What is left of a line
// is never longer than kFront.
bool Lines::fill() {
  if (ended_) return false;
  constexpr std::size_t kSize = kFront + kBlock;
  if (kSize - end_ < kBlock / 2) {
    const std::size_t left = end_ - begin_;
    std::memmove(data() + kFront - left, data() + begin_, left);
    begin_ = kFront - left;
    end_ = kFront;
  }
  const std::size_t got = bytes_->read(data() + end_, kSize - end_);
  end_ += got;
  ended_ = got == 0;
  return !ended_;
}

// Throws away what is left of a line that was too long. False at the end of the stream.
bool Lines::skip_rest() {
  for (;;) {
    const void* const end = std::memchr(data() + begin_, '\n', end_ - begin_);
    if (end != nullptr) {
      begin_ = static_cast<std::size_t>(static_cast<const char*>(end) - data()) + 1;
      skipping_ = false;
      return true;
    }
    begin_ = end_;
    if (!fill()) return false;
  }
}

std::string_view Lines::ahead() {
  if (skipping_) return {};
  for (;;) {
    const std::size_t size = end_ - begin_;
    const void* const last = ::memrchr(data() + begin_, '\n', size);
    if (last != nullptr)
      return {at(), static_cast<std::size_t>(static_cast<const char*>(last) - at()) + 1};
    if (size > kLongestLine || !fill()) return {};
  }
}

bool Lines::next(std::string_view& line) {
  too_long_ = cut_ = false;
  if (skipping_ && !skip_rest()) {
    cut_ = true;
    return false;
  }
  std::size_t searched = begin_;
  for (;;) {
    const void* const found = std::memchr(data() + searched, '\n', end_ - searched);
    std::size_t taken = end_ - begin_;
    if (found != nullptr)
      taken = static_cast<std::size_t>(static_cast<const char*>(found) - data()) + 1 - begin_;
    std::size_t length = found != nullptr ? taken - 1 : taken;
    while (length > 0 && data()[begin_ + length - 1] == '\r') --length;
    too_long_ = length > kLongestLine || taken > kLongestLine + kMostReturns;
    if (found != nullptr || too_long_) {
      line = {data() + begin_, too_long_ ? std::min(taken, kLongestLine) : length};
      begin_ += taken;
      skipping_ = found == nullptr;
      break;
    }
    const std::size_t before = begin_;
    searched = end_;
    if (fill()) {
      searched = begin_ + (searched - before);
      continue;
    }
    if (taken == 0) return false;
    line = {data() + begin_, length};
    begin_ = end_;
    cut_ = true;
    break;
  }
  return true;
}

}  // namespace luproof::traces::input
