// SPDX-License-Identifier: GPL-2.0-or-later
// A table of short texts, for a terminal or as Markdown.
#pragma once

#include <string>
#include <vector>

#include "report/style.h"

namespace luproof::report {

struct Grid {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  // as many cells as the head

  bool tight = false;  // one blank between columns, none in Markdown

  std::size_t width() const;  // of either form, in columns
  std::string text(const Style& style, std::size_t indent) const;
  std::string markdown() const;
};

// Broken between words; each line after the first begins with `indent` blanks.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent);
// What Markdown would read as more than text is escaped.
std::string plain_markdown(const std::string& text);

}  // namespace luproof::report
