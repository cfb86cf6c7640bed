// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the lines that may hold one of some words, at the speed of reading them.
//
// A binding knows a few dozen names, and a capture of a busy machine has millions of lines without
// one. Of each word the sieve takes the low halves of a few neighbouring bytes, and looks these up
// for 32 places of the text at once; what passes is compared with the word itself. Which bytes is
// decided by how often their low halves occur in a sample of the capture. On the way it counts
// lines, and those that begin in the kernel's columns. Without AVX2 there is no sieve, and every
// line is taken apart.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::traces::text {

class Sieve {
 public:
  // What a piece of text holds.
  struct Block {
    std::vector<std::uint64_t> newlines;  // a bit for each byte; only if asked for
    std::vector<std::uint32_t> places;    // where a word is, in order
    std::uint64_t lines = 0;
    // A line whose 17th character is not the '-' before a pid, a byte that no kernel prints, or too
    // many places.
    bool odd = false;
  };

  // Words shorter than kShortest cannot be searched for: such a sieve is not usable().
  Sieve(const std::vector<std::string>& words, std::string_view sample);

  bool usable() const { return usable_; }
  // `text` ends with a newline, and kBehind bytes behind it can be read.
  void scan(std::string_view text, bool newlines, Block& block) const;

  // The lines between two places of a block whose newlines were asked for.
  static std::int64_t lines(const Block& block, std::size_t from, std::size_t end);

  static constexpr std::size_t kShortest = 5;
  static constexpr std::size_t kStep = 64;
  static constexpr std::size_t kBehind = 128;

 private:
  static constexpr std::size_t kBuckets = 8;
  struct Word {
    std::string text;
    std::size_t at = 0;  // of the bytes that are looked up
  };

  template <bool kNewlines>
  void scan_avx2(std::string_view text, Block& block) const;
  void confirm(std::string_view text, std::size_t at, const void* passed, Block& block) const;

  std::array<std::vector<Word>, kBuckets> buckets_;
  // By place among the looked up bytes and low half of the byte: the buckets it may be of.
  std::array<std::array<std::uint8_t, 16>, kShortest> table_{};
  bool usable_ = false;
};

}  // namespace luproof::traces::text
