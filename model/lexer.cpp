// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace luproof::model {
namespace {

// Longest first, so that '<=' is not read as '<'.
constexpr std::array<std::string_view, 23> kSymbols = {
    "..", "->", "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]",
    ",",  ".",  ":",  "=",  "<",  ">",  "+",  "-",  "*", "!", "@"};

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class LineLexer {
 public:
  LineLexer(std::string_view text, Span start, Diagnostics& diagnostics)
      : text_(text), start_(std::move(start)), diagnostics_(diagnostics) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
      if (at_ >= text_.size() || text_[at_] == '#') break;
      if (is_name_start(text_[at_]))
        tokens.push_back(name());
      else if (std::isdigit(static_cast<unsigned char>(text_[at_])))
        tokens.push_back(number());
      else if (!symbol(tokens))
        break;
    }
    tokens.push_back(make(TokenKind::End, at_, at_));
    return tokens;
  }

 private:
  Span place(std::size_t from, std::size_t to) const {
    Span span = start_;
    span.column += static_cast<int>(from);
    span.length = static_cast<int>(std::max<std::size_t>(1, to - from));
    return span;
  }
  Token make(TokenKind kind, std::size_t from, std::size_t to) const {
    return Token{kind, std::string(text_.substr(from, to - from)), 0, place(from, to)};
  }

  Token name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    // A word may hold single hyphens between letters, as in may-fail; "a - b" is a subtraction.
    while (at_ + 1 < text_.size() && text_[at_] == '-' &&
           std::islower(static_cast<unsigned char>(text_[at_ + 1])) &&
           std::islower(static_cast<unsigned char>(text_[at_ - 1]))) {
      ++at_;
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    }
    return make(TokenKind::Name, from, at_);
  }

  Token number() {
    const std::size_t from = at_;
    std::int64_t value = 0;
    const bool hex = text_.substr(at_, 2) == "0x";
    if (hex) at_ += 2;
    while (at_ < text_.size() && (hex ? std::isxdigit(static_cast<unsigned char>(text_[at_]))
                                      : std::isdigit(static_cast<unsigned char>(text_[at_])))) {
      const char c = text_[at_++];
      const int digit =
          std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (std::tolower(c) - 'a' + 10);
      value = std::min<std::int64_t>(value * (hex ? 16 : 10) + digit, std::int64_t{1} << 40);
    }
    Token token = make(TokenKind::Number, from, at_);
    token.number = value;
    if (hex && at_ == from + 2) diagnostics_.error(token.span, "a hexadecimal number needs digits");
    if (!hex && text_[from] == '0' && at_ > from + 1)
      diagnostics_.error(token.span, "a number does not begin with 0", "C would read it as octal");
    if (value > 0x7fffffff)
      diagnostics_.error(token.span, "the number is too large", "at most 2147483647");
    if (at_ < text_.size() && is_name_start(text_[at_]))
      diagnostics_.error(token.span, "a name cannot begin with a digit", "");
    return token;
  }

  bool symbol(std::vector<Token>& tokens) {
    // -EBUSY is one token where an operand may stand.
    const bool operand = tokens.empty() ||
                         (tokens.back().kind == TokenKind::Symbol && tokens.back().text != ")" &&
                          tokens.back().text != "]") ||
                         (tokens.back().kind == TokenKind::Name &&
                          (tokens.back().text == "else" || tokens.back().text == "return"));
    if (operand && text_[at_] == '-' && at_ + 1 < text_.size() && text_[at_ + 1] == 'E') {
      const std::size_t from = at_++;
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
      tokens.push_back(make(TokenKind::Errno, from, at_));
      return true;
    }
    for (const std::string_view candidate : kSymbols) {
      if (text_.substr(at_, candidate.size()) == candidate) {
        tokens.push_back(make(TokenKind::Symbol, at_, at_ + candidate.size()));
        at_ += candidate.size();
        return true;
      }
    }
    diagnostics_.error(place(at_, at_ + 1),
                       fmt::format("'{}' has no meaning here", printable(text_.substr(at_, 1))),
                       "code knows names, numbers, -ERRNO and the operators of docs/language.md");
    at_ = text_.size();
    return false;
  }

  std::string_view text_;
  Span start_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_name(std::string_view text) {
  Diagnostics ignored;
  const auto tokens = LineLexer(text, Span{}, ignored).run();
  return tokens.size() == 2 && tokens[0].kind == TokenKind::Name && tokens[0].text == text;
}

std::vector<CodeLine> lex(const YamlNode& node, Diagnostics& diagnostics) {
  std::vector<CodeLine> lines;
  if (!node.is_scalar()) {
    diagnostics.error(node.span, "an expression or a code block is expected here",
                      "write it as one text");
    return lines;
  }
  if (node.style == ScalarStyle::Folded ||
      (node.several_lines && node.style != ScalarStyle::Literal)) {
    diagnostics.error(
        node.span,
        "an expression or code over several lines, or with escapes, has to be a '|' block",
        "folded, plain and quoted text over several lines loses its line breaks");
    return lines;
  }
  if (node.style != ScalarStyle::Literal) {
    Span start = node.span;
    if (node.style == ScalarStyle::Quoted) start.column += 1;
    lines.push_back(CodeLine{0, LineLexer(node.text, start, diagnostics).run()});
    if (lines.back().tokens.size() == 1) lines.clear();
    return lines;
  }
  std::size_t from = 0;
  int number = 0;
  while (from < node.text.size()) {
    std::size_t to = node.text.find('\n', from);
    if (to == std::string::npos) to = node.text.size();
    const std::string_view text = std::string_view(node.text).substr(from, to - from);
    ++number;
    from = to + 1;
    const std::size_t indent = text.find_first_not_of(' ');
    if (indent == std::string_view::npos) continue;
    Span start = node.span;
    start.line += number;
    // YAML strips the block's common indent; the source line still has it.
    const std::string_view original = node.span.source->line(start.line);
    start.column = static_cast<int>(original.size() - text.size()) + 1;
    if (text[indent] == '\t') {
      start.column += static_cast<int>(indent);
      diagnostics.error(start, "a tab in the indent of code", "indent with blanks");
      continue;
    }
    CodeLine line{static_cast<int>(indent), LineLexer(text, start, diagnostics).run()};
    if (line.tokens.size() > 1) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace luproof::model
