// SPDX-License-Identifier: GPL-2.0-or-later
// A cursor over the tokens of one line, shared by the parsers of expressions, code and
// declarations.
#pragma once

#include <string_view>
#include <vector>

#include "model/lexer.h"
#include "model/raw.h"

namespace luproof::model {

class TokenStream {
 public:
  TokenStream(const std::vector<Token>& tokens, Diagnostics& diagnostics)
      : tokens_(tokens), diagnostics_(diagnostics) {}

  const Token& peek(int ahead = 0) const {
    const std::size_t at = std::min(at_ + ahead, tokens_.size() - 1);
    return tokens_[at];
  }
  const Token& next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool at_end() const { return peek().kind == TokenKind::End; }
  bool is(std::string_view text) const {
    return (peek().kind == TokenKind::Name || peek().kind == TokenKind::Symbol) &&
           peek().text == text;
  }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    next();
    return true;
  }
  bool expect(std::string_view text, std::string_view what);
  // A name; "" after an error.
  std::string name(std::string_view what, Span* span = nullptr);
  void expect_end(std::string_view what);
  void fail(std::string message, std::string hint = {});
  bool failed() const { return failed_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  RawExpr expression(int depth = 0);

 private:
  RawExpr implication(int depth);
  RawExpr disjunction(int depth);
  RawExpr conjunction(int depth);
  RawExpr negation(int depth);
  RawExpr comparison(int depth);
  RawExpr sum(int depth);
  RawExpr product(int depth);
  RawExpr unary(int depth);
  RawExpr postfix(int depth);
  RawExpr primary(int depth);
  void arguments(RawExpr& call, int depth);
  RawExpr over(RawExpr e);  // e with the height of its kids
  RawExpr binary(RawOp op, RawExpr left, RawExpr right);

  const std::vector<Token>& tokens_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  bool failed_ = false;  // one error a line is enough
};

}  // namespace luproof::model
