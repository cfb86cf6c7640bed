// SPDX-License-Identifier: GPL-2.0-or-later
// Looks at the lines that nobody asks about: whether each is a whole event of the kernel, in order.
//
// Most lines of a large capture matter only in that they are not damaged. Lines of one capture
// have their columns at the same places, so the places are learned from a line that was taken apart
// properly, and the others are held against them, 32 characters at a time. A line that does not
// fit is not wrong: it is handed to the reader that knows every form. What is said to be fine here,
// that reader would have read without a complaint.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/text/columns.h"

namespace luproof::traces::text {

class Quick {
 public:
  static bool available();

  // Takes the places of the columns from a line and what they were found to be.
  void learn(std::string_view line, const Columns& columns);
  bool learned() const { return learned_; }

  // Goes through the lines of `text` between `at`, where a line begins, and `end`, until one does
  // not fit; `newlines` has a bit for each byte of `text`. The times of each CPU are in
  // `last_time`. kBehind bytes behind `text` can be read.
  struct Passed {
    std::size_t at = 0;  // of the line that does not fit, or `end`
    std::int64_t lines = 0;
  };
  Passed pass(std::string_view text, std::size_t at, std::size_t end, const std::uint64_t* newlines,
              std::vector<std::int64_t>& last_time) const;

  static constexpr std::size_t kBehind = 128;

 private:
  static constexpr std::size_t kLooked = 64;  // characters, from the 17th on

  bool fine(const char* line, std::size_t length, std::vector<std::int64_t>& last_time) const;

  alignas(32) std::array<std::uint8_t, kLooked> exact_{};    // what has to be there
  alignas(32) std::array<std::uint8_t, kLooked> free_{};     // 0xff: anything of its class
  alignas(32) std::array<std::uint8_t, kLooked> classes_{};  // one of these, 0xff: anything at all
  alignas(16) std::array<std::uint8_t, 16> seconds_{};       // 0xff: a character of the time
  std::uint64_t pid_ = 0, time_ = 0;                         // their places, a bit for each
  std::size_t cpu_ = 0, body_ = 0;                           // offsets in the line
  bool learned_ = false;
};

}  // namespace luproof::traces::text
