// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens of one scalar of a spec, each with its place in the file.
#pragma once

#include <string>
#include <vector>

#include "model/yaml_tree.h"

namespace luproof::model {

enum class TokenKind { Name, Number, Errno, Symbol, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;
  std::int64_t number = 0;
  Span span;
};

// One line of code: its indent in columns and its tokens, an End token last.
struct CodeLine {
  int indent = 0;
  std::vector<Token> tokens;
};

// The lines of a scalar; blank lines and '#' comments are left out. A scalar of one line gives one
// line. Folded and multi-line plain scalars are refused: their columns are not known.
std::vector<CodeLine> lex(const YamlNode& node, Diagnostics& diagnostics);

// The whole text is one name, as an expression would read it.
bool is_name(std::string_view text);

}  // namespace luproof::model
