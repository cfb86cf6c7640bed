// SPDX-License-Identifier: GPL-2.0-or-later
// Expressions in the style of CEL: `implies` binds weakest, then or, and, not, comparisons, sums.
#include <fmt/format.h>

#include "model/token_stream.h"

namespace luproof::model {
namespace {

constexpr int kMaximumNesting = 200;
constexpr int kMaximumHeight = 400;  // a chain of 'and' is a tree as high as it is long

}  // namespace

RawExpr TokenStream::over(RawExpr e) {
  for (const RawExpr& kid : e.kids) e.height = std::max(e.height, kid.height + 1);
  if (e.height > kMaximumHeight)
    fail("the expression is too long", "give a part of it a name under 'define:'");
  return e;
}

RawExpr TokenStream::binary(RawOp op, RawExpr left, RawExpr right) {
  RawExpr e;
  e.op = op;
  e.span = left.span;
  if (right.span.line == left.span.line && right.span.column > left.span.column)
    e.span.length = right.span.column + right.span.length - left.span.column;
  e.kids.push_back(std::move(left));
  e.kids.push_back(std::move(right));
  return over(std::move(e));
}

bool TokenStream::expect(std::string_view text, std::string_view what) {
  if (accept(text)) return true;
  fail(fmt::format("'{}' is expected {}", text, what));
  return false;
}

std::string TokenStream::name(std::string_view what, Span* span) {
  if (peek().kind != TokenKind::Name) {
    fail(fmt::format("{} is expected", what));
    return {};
  }
  if (span) *span = peek().span;
  return next().text;
}

void TokenStream::expect_end(std::string_view what) {
  if (!at_end()) fail(fmt::format("'{}' is left over behind {}", printable(peek().text), what));
}

void TokenStream::fail(std::string message, std::string hint) {
  if (!failed_) diagnostics_.error(peek().span, std::move(message), std::move(hint));
  failed_ = true;
}

RawExpr TokenStream::expression(int depth) {
  if (depth > kMaximumNesting) {
    fail("the expression is nested too deeply", "at most 200 levels");
    RawExpr nothing;
    nothing.span = peek().span;
    return nothing;
  }
  return implication(depth);
}

RawExpr TokenStream::implication(int depth) {
  RawExpr left = disjunction(depth);
  if (accept("implies")) return binary(RawOp::Implies, std::move(left), expression(depth + 1));
  return left;
}

RawExpr TokenStream::disjunction(int depth) {
  RawExpr left = conjunction(depth);
  while (!failed_ && (is("or") || is("||"))) {
    next();
    left = binary(RawOp::Or, std::move(left), conjunction(depth));
  }
  return left;
}

RawExpr TokenStream::conjunction(int depth) {
  RawExpr left = negation(depth);
  while (!failed_ && (is("and") || is("&&"))) {
    next();
    left = binary(RawOp::And, std::move(left), negation(depth));
  }
  return left;
}

RawExpr TokenStream::negation(int depth) {
  if (depth > kMaximumNesting) return expression(depth);
  if (is("not") || is("!")) {
    RawExpr e;
    e.op = RawOp::Not;
    e.span = next().span;
    e.kids.push_back(negation(depth + 1));
    return over(std::move(e));
  }
  return comparison(depth);
}

RawExpr TokenStream::comparison(int depth) {
  static constexpr std::pair<std::string_view, RawOp> kOperators[] = {
      {"==", RawOp::Equal},     {"!=", RawOp::NotEqual}, {"<", RawOp::Less},
      {"<=", RawOp::LessEqual}, {">", RawOp::Greater},   {">=", RawOp::GreaterEqual},
      {"in", RawOp::In},        {"is", RawOp::Is}};
  RawExpr left = sum(depth);
  for (const auto& [text, op] : kOperators) {
    if (!is(text)) continue;
    next();
    RawExpr e = binary(op, std::move(left), sum(depth));
    for (const auto& [again, unused] : kOperators)
      if (is(again)) fail("comparisons do not chain", "join them with 'and'");
    return e;
  }
  return left;
}

RawExpr TokenStream::sum(int depth) {
  RawExpr left = product(depth);
  while (!failed_ && (is("+") || is("-"))) {
    const RawOp op = next().text == "+" ? RawOp::Add : RawOp::Subtract;
    left = binary(op, std::move(left), product(depth));
  }
  return left;
}

RawExpr TokenStream::product(int depth) {
  RawExpr left = unary(depth);
  while (!failed_ && is("*")) {
    next();
    left = binary(RawOp::Multiply, std::move(left), unary(depth));
  }
  return left;
}

RawExpr TokenStream::unary(int depth) {
  if (is("-")) {
    RawExpr e;
    e.op = RawOp::Negate;
    e.span = next().span;
    e.kids.push_back(depth > kMaximumNesting ? expression(depth) : unary(depth + 1));
    return over(std::move(e));
  }
  return postfix(depth);
}

void TokenStream::arguments(RawExpr& call, int depth) {
  if (accept(")")) return;
  do call.kids.push_back(expression(depth + 1));
  while (!failed_ && accept(","));
  expect(")", "behind the arguments");
}

RawExpr TokenStream::postfix(int depth) {
  RawExpr e = primary(depth);
  while (!failed_ && is(".")) {
    next();
    RawExpr member;
    member.span = peek().span;
    member.text = name("a name behind '.'");
    member.kids.push_back(std::move(e));
    member.op = RawOp::Member;
    if (accept("(")) {
      member.op = RawOp::Method;
      // `s.all(x, e)`: the first argument is a name that the method binds.
      if (peek().kind == TokenKind::Name && peek(1).kind == TokenKind::Symbol &&
          peek(1).text == ",") {
        member.binder_span = peek().span;
        member.binder = next().text;
        next();
        if (is(")")) fail("an expression is expected here");
      }
      arguments(member, depth);
    }
    e = over(std::move(member));
  }
  return e;
}

RawExpr TokenStream::primary(int depth) {
  RawExpr e;
  e.span = peek().span;
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::Number:
      e.op = RawOp::Number;
      e.number = token.number;
      next();
      return e;
    case TokenKind::Errno:
      e.op = RawOp::Errno;
      e.text = token.text;
      next();
      return e;
    case TokenKind::Name: {
      e.op = RawOp::Name;
      e.text = token.text;
      next();
      if (accept("(")) {
        e.op = RawOp::Call;
        arguments(e, depth);
      }
      return over(std::move(e));
    }
    case TokenKind::Symbol:
      if (accept("(")) {
        e = expression(depth + 1);
        expect(")", "to close the bracket");
        return e;
      }
      if (accept("[")) {
        e.op = RawOp::List;
        if (accept("]")) return e;
        do e.kids.push_back(expression(depth + 1));
        while (!failed_ && accept(","));
        expect("]", "to close the list");
        return over(std::move(e));
      }
      break;
    case TokenKind::End:
      break;
  }
  fail("an expression is expected here");
  return e;
}

RawExpr parse_expression(const YamlNode& node, Diagnostics& diagnostics) {
  const int before = diagnostics.errors();
  const auto lines = lex(node, diagnostics);
  if (lines.empty()) {
    if (diagnostics.errors() == before)
      diagnostics.error(node.span, "an expression is expected here");
    RawExpr nothing;
    nothing.span = node.span;
    return nothing;
  }
  // A '|' block may break an expression over lines.
  std::vector<Token> tokens;
  for (const CodeLine& line : lines) {
    if (!tokens.empty()) tokens.pop_back();
    tokens.insert(tokens.end(), line.tokens.begin(), line.tokens.end());
  }
  TokenStream stream(tokens, diagnostics);
  RawExpr e = stream.expression();
  stream.expect_end("the expression");
  return e;
}

}  // namespace luproof::model
