// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/grid.h"

#include <algorithm>
#include <sstream>

#include "model/source.h"

namespace luproof::report {
namespace {

using model::printable;

std::size_t columns(const std::string& text) {  // UTF-8; every character is one wide
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t own = columns(text);
  return own < width ? text + std::string(width - own, ' ') : text;
}

std::vector<std::size_t> widths(const Grid& grid) {
  std::vector<std::size_t> all;
  for (const std::string& cell : grid.head) all.push_back(columns(printable(cell)));
  for (const auto& row : grid.rows)
    for (std::size_t i = 0; i < row.size() && i < all.size(); ++i)
      all[i] = std::max(all[i], columns(printable(row[i])));
  return all;
}

}  // namespace

std::size_t Grid::width() const {
  std::size_t all = 1;
  for (const std::size_t w : widths(*this)) all += w + (tight ? 1 : 3);
  return all;
}

std::string Grid::text(const Style& style, std::size_t indent) const {
  const std::vector<std::size_t> wide = widths(*this);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out(indent, ' ');
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += i + 1 < cells.size() ? padded(printable(cells[i]), wide[i]) + (tight ? " " : "  ")
                                  : printable(cells[i]);
    return out;
  };
  std::string out = style.bold(line(head)) + "\n";
  for (const auto& row : rows) out += line(row) + "\n";
  return out;
}

std::string Grid::markdown() const {
  Grid safe;
  for (const std::string& cell : head) safe.head.push_back(plain_markdown(cell));
  for (const auto& row : rows) {
    safe.rows.emplace_back();
    for (const std::string& cell : row) safe.rows.back().push_back(plain_markdown(cell));
  }
  const std::vector<std::size_t> wide = widths(safe);
  const std::string blank(tight ? 0 : 1, ' ');
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += blank + padded(cells[i], wide[i]) + blank + "|";
    return out + "\n";
  };
  std::string out = line(safe.head) + "|";
  for (const std::size_t w : wide) out += std::string(w + 2 * blank.size(), '-') + "|";
  out += "\n";
  for (const auto& row : safe.rows) out += line(row);
  return out;
}

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::istringstream words(text);
  std::string out, word;
  std::size_t at = 0;
  while (words >> word) {
    const std::size_t own = columns(word);
    if (at && at + 1 + own > width) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (at) {
      out += " ";
      ++at;
    }
    out += word;
    at += own;
  }
  return out;
}

std::string plain_markdown(const std::string& text) {
  const std::string safe = printable(text);
  const bool link = safe.find("](") != std::string::npos || safe.find("]:") != std::string::npos;
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    const bool first = i == 0 || safe[i - 1] == ' ';  // of a line, once it is wrapped
    const bool means = std::string_view("\\`*<|&").find(c) != std::string_view::npos ||
                       (first && (c == '>' || c == '#' || c == '~')) ||
                       (link && (c == '[' || c == ']'));
    if (means) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace luproof::report
