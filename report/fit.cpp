// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/fit.h"

#include <algorithm>

namespace luproof::report {

namespace {

constexpr std::size_t kNarrowest = 40;  // below it nothing can be read anyway
constexpr std::size_t kHanging = 2;
constexpr std::size_t kBeforeCommand = 8;  // "again: "

// Columns of a text: no escape sequences, one for each character of UTF-8.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    count += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
  }
  return count;
}

void fit_line(std::string_view line, std::size_t width, std::string& out) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t named = line.find("luproof ");
  const bool command =
      named != std::string_view::npos && columns(line.substr(0, named)) <= indent + kBeforeCommand;
  if (columns(line) <= width || command) {
    out += line;
    return;
  }
  const std::string hanging(std::min(indent + kHanging, width / 2), ' ');
  std::size_t at = 0, start = out.size();
  bool any = false;  // a word in this row
  while (at < line.size()) {
    // A word with the blanks before it, so that columns of a table stay where they are.
    std::size_t end = line.find_first_not_of(' ', at);
    end = end == std::string_view::npos ? line.size() : std::min(line.find(' ', end), line.size());
    const std::string_view word = line.substr(at, end - at);
    const std::size_t used = columns(std::string_view(out).substr(start));
    if (any && used + columns(word) > width) {
      out += '\n';
      start = out.size();
      out += hanging;
      out += word.substr(std::min(word.find_first_not_of(' '), word.size()));
    } else {
      out += word;
    }
    any = true;
    at = end;
  }
}

}  // namespace

std::string fit(std::string_view text, std::size_t width) {
  if (width == 0) return std::string(text);
  width = std::max(width, kNarrowest);
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    fit_line(text.substr(at, end - at), width, out);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace luproof::report
