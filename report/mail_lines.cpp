// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace luproof::report {

namespace {

// At most so many bytes, and no half of a character.
std::string beginning(const std::string& text, std::size_t most) {
  std::size_t end = std::min(most, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

}  // namespace

std::string cut(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : beginning(text, most - 3) + "...";
}

std::vector<std::string> mail_lines(const std::string& text, std::size_t indent,
                                    std::size_t first_indent, std::size_t most) {
  std::vector<std::string> lines;
  std::istringstream words(model::printable(text));
  std::string line(first_indent, ' '), word;
  bool empty = true;
  while (words >> word) {
    if (!empty && line.size() + 1 + word.size() > kMailColumns) {
      lines.push_back(line);
      line.assign(indent, ' ');
      empty = true;
    }
    word = cut(word, kMailColumns - line.size());
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  if (!empty) lines.push_back(line);
  if (lines.size() > most) {
    lines.resize(most);
    lines.back() = beginning(lines.back(), kMailColumns - 4) + " ...";
  }
  return lines;
}

std::vector<std::string> mail_list(const std::string& head, const std::vector<std::string>& items,
                                   const std::string& separator, std::size_t most, bool& all) {
  constexpr std::size_t kLongest = 6;  // lines, of a single item
  for (std::size_t shown = items.size(); shown > 0; --shown) {
    std::string text = head + " ";
    for (std::size_t i = 0; i < shown; ++i) text += (i ? separator : "") + items[i];
    if (shown < items.size()) text += fmt::format("{}and {} more", separator, items.size() - shown);
    std::vector<std::string> lines = mail_lines(text, 4, 2, shown > 1 ? most + 1 : kLongest);
    if (shown > 1 && lines.size() > most) continue;
    all = all && shown == items.size();
    return lines;
  }
  return {};
}

std::vector<std::string> command_lines(const std::string& text) {
  std::vector<std::string> words(1), lines;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') quoted = !quoted;
    if (c == ' ' && !quoted)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::string line = "  " + words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (line.size() + 1 + words[i].size() + 2 > kMailColumns) {
      lines.push_back(line + " \\");
      line = "      " + words[i];
    } else {
      line += " " + words[i];
    }
  }
  lines.push_back(line);
  return lines;
}

void add_sources(const std::vector<std::string>& cited, const Sources& sources,
                 std::vector<std::string>& lines) {
  bool first = true;
  for (const std::string& name : cited) {
    const auto found = sources.find(name);
    if (found == sources.end()) continue;
    if (std::exchange(first, false) && !lines.back().empty()) lines.emplace_back();
    const Source& source = found->second;
    for (std::string& line : mail_lines(fmt::format("[{}] {}", name, source.title), 2, 0, 2))
      lines.push_back(std::move(line));
    if (source.linked()) lines.push_back("  " + model::printable(source.link));
  }
  if (!first) lines.emplace_back();
}

std::string mail_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace luproof::report
