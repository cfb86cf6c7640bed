// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/statement.h"

#include <algorithm>

namespace luproof::report {
namespace {

// What is open where the statement begins: a quote, or else so many brackets.
struct Around {
  char quote = '\0';
  int brackets = 0;
};

Around around(std::string_view before) {
  Around open;
  char last = ' ';
  for (const char c : before) {
    const bool starts = std::string_view(" ,:{[").find(last) != std::string_view::npos;
    if (open.quote != '\0')
      open.quote = c == open.quote ? '\0' : open.quote;
    else if ((c == '"' || c == '\'') && starts)
      open.quote = c;
    else if (c == '{' || c == '[')
      ++open.brackets;
    else if (c == '}' || c == ']')
      --open.brackets;
    last = c;
  }
  return open;
}

// Where a plain text between brackets ends: at the bracket that closes them, or at the next entry.
std::size_t end_of_plain(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && --depth < 0) return i;
    if (c == ',' && depth == 0 && i + 1 < text.size() && text[i + 1] == ' ') return i;
  }
  return text.size();
}

}  // namespace

std::string statement_text(const model::Model& model, int statement) {
  const model::Span& span = model.statement_by_id[static_cast<std::size_t>(statement)]->span;
  if (!span.source || span.line <= 0) return "";
  const std::string_view line = span.source->line(span.line);
  const auto column = static_cast<std::size_t>(std::max(span.column, 1) - 1);
  const std::size_t start = std::min(line.size(), column);
  std::string_view text = line.substr(start);
  const Around open = around(line.substr(0, start));
  if (open.quote != '\0')
    text = text.substr(0, text.find(open.quote));
  else if (open.brackets > 0)
    text = text.substr(0, end_of_plain(text));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace luproof::report
