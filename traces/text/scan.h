// SPDX-License-Identifier: GPL-2.0-or-later
// The few pieces of text every part of the ftrace text reader takes apart.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace luproof::traces::text {

// Classes of bytes; a table, since every byte of a capture is looked up.
enum ByteClass : std::uint8_t {
  kDigit = 1,
  kLetter = 2,
  kUnderscore = 4,
  kPoint = 8,
  kDollar = 16,
};

inline constexpr auto kByteClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned char c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (unsigned char c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  classes['_'] = kUnderscore;
  classes['.'] = kPoint;
  classes['$'] = kDollar;
  return classes;
}();

inline bool is_any(char c, int classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

inline bool is_digit(char c) { return is_any(c, kDigit); }

// In a C identifier: the names of arguments.
inline bool is_word(char c) { return is_any(c, kDigit | kLetter | kUnderscore); }

// In the name of a symbol or event: compilers add `.cold`, `.isra.0`, `$x`.
inline bool is_symbol(char c) {
  return is_any(c, kDigit | kLetter | kUnderscore | kPoint | kDollar);
}

// In the flags and the time of an event.
inline bool is_column(char c) { return is_any(c, kDigit | kLetter | kPoint); }

inline std::string_view trim_left(std::string_view text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

inline std::string_view trim_right(std::string_view text) {
  const std::size_t last = text.find_last_not_of(' ');
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

inline std::string_view trim(std::string_view text) { return trim_right(trim_left(text)); }

// Takes the longest start of `text` whose characters are `in`.
template <typename Predicate>
std::string_view take_while(std::string_view& text, Predicate in) {
  std::size_t length = 0;
  while (length < text.size() && in(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

inline bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// All of `text` as a number in `base`, or nothing.
template <typename Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace luproof::traces::text
