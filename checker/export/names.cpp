// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/names.h"

#include <algorithm>

namespace luproof::checker::exporter {
namespace {

constexpr std::size_t kLongestIdentifier = 60, kLongestText = 200;
// No *, ", \, #, {, }, $, ` nor anything that is not ASCII.
constexpr std::string_view kHarmlessMarks = " .,:_@=+<>/()[]-";

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string identifier(char prefix, std::size_t number, std::string_view text) {
  std::string name = prefix + std::to_string(number) + '_';
  for (const char c : text.substr(0, kLongestIdentifier)) {
    if (letter_or_digit(c))
      name += c;
    else if (name.back() != '_')
      name += '_';
  }
  if (name.back() == '_') name.pop_back();
  return name;
}

std::string harmless(std::string_view text) {
  std::string safe(text.substr(0, kLongestText));
  std::replace_if(
      safe.begin(), safe.end(),
      [](char c) {
        return !letter_or_digit(c) && kHarmlessMarks.find(c) == std::string_view::npos;
      },
      '?');
  // Two dashes are a comment of Murphi, two slashes one of C.
  for (const std::string_view twice : {"--", "//"})
    for (std::size_t at = 0; (at = safe.find(twice, at)) != std::string::npos;) safe[at + 1] = '_';
  return safe;
}

}  // namespace luproof::checker::exporter
