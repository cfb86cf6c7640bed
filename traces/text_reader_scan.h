// SPDX-License-Identifier: GPL-2.0-or-later
// The few pieces of text every part of the ftrace text reader takes apart.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace luproof::traces::text {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// In a C identifier: the names of arguments.
inline bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

// In the name of a symbol or event: compilers add `.cold`, `.isra.0`, `$x`.
inline bool is_symbol(char c) { return is_word(c) || c == '.' || c == '$'; }

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
