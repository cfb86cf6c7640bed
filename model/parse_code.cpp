// SPDX-License-Identifier: GPL-2.0-or-later
// Code blocks: one statement a line, blocks by indent, as a kernel developer would write
// pseudo-code.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "model/token_stream.h"

namespace luproof::model {
namespace {

constexpr int kMaximumBlockDepth = 40;

class CodeParser {
 public:
  CodeParser(const std::vector<CodeLine>& lines, Diagnostics& diagnostics)
      : lines_(lines), diagnostics_(diagnostics) {}

  std::vector<RawStatement> block(int indent, int depth) {
    std::vector<RawStatement> statements;
    while (at_ < lines_.size() && lines_[at_].indent >= indent) {
      if (lines_[at_].indent > indent) {
        diagnostics_.error(lines_[at_].tokens[0].span, "the line is indented more than its block",
                           "statements of one block begin in one column");
        ++at_;
        continue;
      }
      statements.push_back(statement(depth));
    }
    return statements;
  }

  // The first line that no block took; blocks end before a line that is indented less.
  const CodeLine* left_over() const { return at_ < lines_.size() ? &lines_[at_] : nullptr; }

 private:
  using Reader = void (CodeParser::*)(TokenStream&, RawStatement&, int depth);

  // The body below the current line; it has to be indented deeper.
  std::vector<RawStatement> body(TokenStream& in, const RawStatement& owner, int depth) {
    in.expect(":", "before the block");
    const int indent = lines_[at_].indent;
    if (depth > kMaximumBlockDepth) {
      diagnostics_.error(owner.span, "blocks are nested too deeply",
                         "at most 40 levels, 'elif' counts as one");
      ++at_;
      skip_deeper(indent);
      return {};
    }
    if (!in.failed() && !in.at_end()) {  // `if c: return` on one line
      const bool outer = std::exchange(in_line_, true);
      const std::size_t line = at_;
      std::vector<RawStatement> one;
      one.push_back(simple(in, depth + 1));
      in_line_ = outer;
      if (at_ == line) ++at_;  // blocks have moved on already
      return one;
    }
    ++at_;
    if (at_ >= lines_.size() || lines_[at_].indent <= indent) {
      if (!in.failed())
        diagnostics_.error(owner.span, "a block is expected below this line",
                           "write 'pass' for an empty one");
      return {};
    }
    const bool outer = std::exchange(in_line_, false);
    auto statements = block(lines_[at_].indent, depth + 1);
    in_line_ = outer;
    return statements;
  }

  void skip_deeper(int indent) {
    while (at_ < lines_.size() && lines_[at_].indent > indent) ++at_;
  }

  bool next_is(std::string_view word, int indent) const {
    return at_ < lines_.size() && lines_[at_].indent == indent &&
           lines_[at_].tokens[0].kind == TokenKind::Name && lines_[at_].tokens[0].text == word;
  }

  RawStatement statement(int depth) {
    const std::size_t line = at_;
    TokenStream in(lines_[line].tokens, diagnostics_);
    RawStatement s = simple(in, depth);
    if (at_ == line) ++at_;  // blocks have moved on already
    return s;
  }

  RawStatement simple(TokenStream& in, int depth) {
    static const std::map<std::string_view, Reader> kKeywords = {
        {"let", &CodeParser::let},         {"ignore", &CodeParser::ignore},
        {"try", &CodeParser::attempt},     {"check", &CodeParser::check},
        {"wait", &CodeParser::wait},       {"if", &CodeParser::branch},
        {"for", &CodeParser::loop},        {"each", &CodeParser::each},
        {"return", &CodeParser::leave},    {"lock", &CodeParser::lock},
        {"unlock", &CodeParser::unlock},   {"with", &CodeParser::with},
        {"atomic", &CodeParser::atomic},   {"may-fail", &CodeParser::may_fail},
        {"either", &CodeParser::either},   {"forever", &CodeParser::forever},
        {"pick", &CodeParser::pick},       {"free", &CodeParser::free_slot},
        {"get", &CodeParser::get},         {"put", &CodeParser::put},
        {"unwrite", &CodeParser::unwrite}, {"restore", &CodeParser::restore},
        {"kexec", &CodeParser::kexec},     {"panic", &CodeParser::panic},
        {"stop", &CodeParser::stop},       {"pass", &CodeParser::pass}};
    RawStatement s;
    s.span = in.peek().span;
    if (in.accept("@")) {
      s.label = in.name("a label behind '@'");
      s.span = in.peek().span;
    }
    const Token& first = in.peek();
    const auto keyword =
        first.kind == TokenKind::Name ? kKeywords.find(first.text) : kKeywords.end();
    const bool assigned =
        in.peek(1).kind == TokenKind::Symbol && (in.peek(1).text == "=" || in.peek(1).text == ".");
    if (keyword != kKeywords.end() && !assigned) {
      in.next();
      (this->*keyword->second)(in, s, depth);
    } else if (first.kind == TokenKind::Name &&
               (first.text == "else" || first.text == "elif" || first.text == "or")) {
      in.fail(
          fmt::format("'{}' without its '{}'", first.text, first.text == "or" ? "either" : "if"));
    } else {
      assignment_or_call(in, s);
    }
    if (!has_block(s)) in.expect_end("the statement");
    if (in.failed()) complete(s);
    return s;
  }

  // The rest of the file is still looked at, and finds as many expressions as it may expect.
  static void complete(RawStatement& s) {
    using Kind = RawStatementKind;
    std::size_t wanted = s.exprs.size();
    if (s.kind == Kind::For || s.kind == Kind::Each || s.kind == Kind::Pick)
      wanted = s.has_where ? 2 : 1;
    else if (s.kind == Kind::Let && s.text.empty())
      wanted = 1;
    else if (s.kind == Kind::Assign)
      wanted = s.targets.size();
    while (s.exprs.size() < wanted) {
      RawExpr nothing;
      nothing.span = s.span;
      s.exprs.push_back(std::move(nothing));
    }
  }

  static bool has_block(const RawStatement& s) {
    switch (s.kind) {
      case RawStatementKind::If:
      case RawStatementKind::For:
      case RawStatementKind::Each:
      case RawStatementKind::With:
      case RawStatementKind::Atomic:
      case RawStatementKind::Either:
      case RawStatementKind::Forever:
        return true;
      default:
        return false;
    }
  }

  void assignment_or_call(TokenStream& in, RawStatement& s) {
    RawExpr first = in.expression();
    if (in.failed()) return;
    if (in.is("=") || in.is(",")) {
      s.kind = RawStatementKind::Assign;
      s.targets.push_back(std::move(first));
      while (!in.failed() && in.accept(",")) s.targets.push_back(in.expression());
      if (!in.expect("=", "behind what is assigned to")) return;
      if (in.is("new")) {
        in.next();
        s.kind = RawStatementKind::New;
        if (s.targets.size() > 1) in.fail("one element at a time", "let a = new …");
        s.text = in.name("a sort behind 'new'", &s.text_span);
        if (in.accept("else")) s.exprs.push_back(in.expression());
        return;
      }
      do s.exprs.push_back(in.expression());
      while (!in.failed() && in.accept(","));
      if (!in.failed() && s.exprs.size() != s.targets.size())
        in.fail(fmt::format("{} targets but {} values", s.targets.size(), s.exprs.size()));
      return;
    }
    s.kind = RawStatementKind::Call;
    if (first.op != RawOp::Call && first.op != RawOp::Method)
      in.fail("a statement is an assignment, a call or a keyword",
              "docs/language.md lists the statements");
    s.exprs.push_back(std::move(first));
  }

  void call_of(TokenStream& in, RawStatement& s, std::string how) {
    s.kind = RawStatementKind::Call;
    s.text = std::move(how);
    s.exprs.push_back(in.expression());
    if (!in.failed() && s.exprs[0].op != RawOp::Call) in.fail("a call is expected here");
  }

  void let(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Let;
    Span span;
    s.names.push_back(in.name("a name behind 'let'", &span));
    s.name_spans.push_back(span);
    if (!in.expect("=", "behind the name")) return;
    if (in.accept("new")) {
      s.text = in.name("a sort behind 'new'", &s.text_span);
      if (in.accept("else")) s.exprs.push_back(in.expression());
      return;
    }
    s.exprs.push_back(in.expression());
  }
  void ignore(TokenStream& in, RawStatement& s, int) { call_of(in, s, "ignore"); }
  void attempt(TokenStream& in, RawStatement& s, int) {
    call_of(in, s, "try");
    if (in.failed() || !in.accept("undo")) return;
    s.has_undo = true;
    s.exprs.push_back(in.expression());
    if (!in.failed() && s.exprs[1].op != RawOp::Call) in.fail("a call is expected behind 'undo'");
  }
  void check(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Check;
    s.exprs.push_back(in.expression());
    if (in.expect("else", "and the error that a failed check returns"))
      s.exprs.push_back(in.expression());
  }
  void wait(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Wait;
    s.exprs.push_back(in.expression());
  }
  void branch(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::If;
    const int indent = lines_[at_].indent;
    s.exprs.push_back(in.expression());
    const bool nested = in_line_;
    s.body = body(in, s, depth);
    if (nested) return;
    if (next_is("elif", indent)) {
      TokenStream next(lines_[at_].tokens, diagnostics_);
      RawStatement inner;
      inner.span = next.next().span;
      branch(next, inner, depth + 1);
      s.orelse.push_back(std::move(inner));
    } else if (next_is("else", indent)) {
      TokenStream next(lines_[at_].tokens, diagnostics_);
      next.next();
      s.orelse = body(next, s, depth);
    }
  }
  void members(TokenStream& in, RawStatement& s) {
    Span span;
    s.names.push_back(in.name("a name", &span));
    s.name_spans.push_back(span);
    if (!in.expect("in", "and the set to walk")) return;
    if (in.is("snapshot") && in.peek(1).text == "(") {
      in.next();
      in.next();
      s.snapshot = true;
      s.exprs.push_back(in.expression());
      in.expect(")", "behind the snapshot's set");
    } else {
      s.exprs.push_back(in.expression());
    }
    if (in.accept("where")) {
      s.has_where = true;
      s.exprs.push_back(in.expression());
    }
  }
  void loop(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::For;
    members(in, s);
    if (!in.failed() && in.accept("order")) {
      s.text = in.name("an order", &s.text_span);
      if (s.text == "ascending" || s.text == "descending") s.targets.push_back(in.expression());
    }
    s.body = body(in, s, depth);
  }
  void each(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::Each;
    members(in, s);
    s.body = body(in, s, depth);
  }
  void leave(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Return;
    if (!in.at_end()) s.exprs.push_back(in.expression());
  }
  void lock_like(TokenStream& in, RawStatement& s, RawStatementKind kind) {
    s.kind = kind;
    if (in.is("read") || in.is("write")) s.text = in.next().text;
    s.exprs.push_back(in.expression());
  }
  void lock(TokenStream& in, RawStatement& s, int) { lock_like(in, s, RawStatementKind::Lock); }
  void unlock(TokenStream& in, RawStatement& s, int) { lock_like(in, s, RawStatementKind::Unlock); }
  void with(TokenStream& in, RawStatement& s, int depth) {
    lock_like(in, s, RawStatementKind::With);
    s.body = body(in, s, depth);
  }
  void atomic(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::Atomic;
    s.body = body(in, s, depth);
  }
  void may_fail(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::MayFail;
    Span span;
    s.names.push_back(in.name("the environment act", &span));
    s.name_spans.push_back(span);
    if (in.expect("->", "and the error")) s.exprs.push_back(in.expression());
  }
  void either(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::Either;
    const int indent = lines_[at_].indent;
    s.alternatives.push_back(body(in, s, depth));
    while (next_is("or", indent)) {
      TokenStream next(lines_[at_].tokens, diagnostics_);
      next.next();
      s.alternatives.push_back(body(next, s, depth));
    }
    if (s.alternatives.size() < 2)
      diagnostics_.error(s.span, "'either:' with one alternative", "add 'or:' blocks");
  }
  void forever(TokenStream& in, RawStatement& s, int depth) {
    s.kind = RawStatementKind::Forever;
    s.body = body(in, s, depth);
  }
  void pick(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Pick;
    members(in, s);
  }
  void one_expression(TokenStream& in, RawStatement& s, RawStatementKind kind) {
    s.kind = kind;
    s.exprs.push_back(in.expression());
  }
  void free_slot(TokenStream& in, RawStatement& s, int) {
    one_expression(in, s, RawStatementKind::Free);
  }
  void get(TokenStream& in, RawStatement& s, int) { one_expression(in, s, RawStatementKind::Get); }
  void put(TokenStream& in, RawStatement& s, int) { one_expression(in, s, RawStatementKind::Put); }
  void unwrite(TokenStream& in, RawStatement& s, int) {
    one_expression(in, s, RawStatementKind::Unwrite);
  }
  void restore(TokenStream& in, RawStatement& s, int) {
    one_expression(in, s, RawStatementKind::Restore);
  }
  void kexec(TokenStream& in, RawStatement& s, int) {
    s.kind = RawStatementKind::Kexec;
    if (in.accept("carries")) s.exprs.push_back(in.expression());
  }
  void panic(TokenStream&, RawStatement& s, int) { s.kind = RawStatementKind::Panic; }
  void stop(TokenStream&, RawStatement& s, int) { s.kind = RawStatementKind::Stop; }
  void pass(TokenStream&, RawStatement& s, int) { s.kind = RawStatementKind::Pass; }

  const std::vector<CodeLine>& lines_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  bool in_line_ = false;  // within `if c: statement` on one line
};

}  // namespace

std::vector<RawStatement> parse_code(const YamlNode& node, Diagnostics& diagnostics) {
  const int before = diagnostics.errors();
  const auto lines = lex(node, diagnostics);
  if (lines.empty()) {
    if (diagnostics.errors() == before)
      diagnostics.error(node.span, "code is expected here", "write 'pass' for none");
    return {};
  }
  CodeParser parser(lines, diagnostics);
  auto statements = parser.block(lines[0].indent, 0);
  if (const CodeLine* left = parser.left_over())
    diagnostics.error(left->tokens[0].span, "the line is indented less than the first one",
                      "statements of one block begin in one column");
  return statements;
}

}  // namespace luproof::model
