// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/line_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#ifdef LUPROOF_LIBEDIT
#include <editline/readline.h>
#endif

namespace luproof::cli {
namespace {

constexpr std::size_t kLongestLine = 4096;

}  // namespace

LineInput::LineInput(const std::string& script, model::Diagnostics& diagnostics)
    : name_(script.empty() ? "standard input" : script) {
  interactive_ = script.empty() && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  if (script.empty()) return;
  file_.open(script, std::ios::binary);
  if (!file_)
    diagnostics.error(model::Span{model::Source::make(script, ""), 0, 0, 1},
                      "this script cannot be read");
}

std::string LineInput::place() const { return fmt::format("{}:{}", name_, line_); }

#ifdef LUPROOF_LIBEDIT
std::optional<std::string> LineInput::typed(const std::string& prompt) {
  char* line = readline(prompt.c_str());
  if (!line) return std::nullopt;
  const std::string text = line;
  std::free(line);
  if (!text.empty()) add_history(text.c_str());
  return text;
}
#else
std::optional<std::string> LineInput::typed(const std::string& prompt) {
  fmt::print("{}", prompt);
  std::fflush(stdout);
  std::string text;
  if (!std::getline(std::cin, text)) return std::nullopt;
  return text;
}
#endif

std::optional<std::string> LineInput::next(const std::string& prompt) {
  std::fflush(stdout);
  std::optional<std::string> line;
  if (interactive_) {
    line = typed(prompt);
    if (!line) fmt::print("\n");
  } else {
    std::string text;
    if (std::getline(file_.is_open() ? static_cast<std::istream&>(file_) : std::cin, text)) {
      if (!text.empty() && text.back() == '\r') text.pop_back();
      line = std::move(text);
      fmt::print("{}{}\n", prompt, model::printable(line->substr(0, kLongestLine)));
    }
  }
  ++line_;
  if (line && line->size() > kLongestLine) line->resize(kLongestLine);
  return line;
}

}  // namespace luproof::cli
