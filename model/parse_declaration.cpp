// SPDX-License-Identifier: GPL-2.0-or-later
// Signatures ("luo_preserve_file(session s, file f) -> errno") and types ("int 0..3 = 0").
#include <fmt/format.h>

#include "model/token_stream.h"

namespace luproof::model {

RawSignature parse_signature(const YamlNode& node, Diagnostics& diagnostics) {
  RawSignature signature;
  signature.span = node.span;
  const int before = diagnostics.errors();
  const auto lines = lex(node, diagnostics);
  if (lines.size() != 1) {
    if (diagnostics.errors() == before) diagnostics.error(node.span, "a name is expected here");
    return signature;
  }
  TokenStream in(lines[0].tokens, diagnostics);
  signature.name = in.name("a name");
  if (in.accept(".")) {  // sort.name
    RawParameter self{signature.name, "", signature.span};
    signature.parameters.push_back(self);
    signature.name = in.name("a name behind '.'");
  }
  if (in.accept("(")) {
    signature.has_list = true;
    if (!in.accept(")")) {
      do {
        RawParameter parameter;
        parameter.span = in.peek().span;
        parameter.type = in.name("a sort or type");
        // In define: and state: the short form `can_dma(d)` is refused; C order says what d is.
        parameter.name = in.name("the parameter's name (C order: 'function d')");
        signature.parameters.push_back(std::move(parameter));
      } while (!in.failed() && in.accept(","));
      in.expect(")", "behind the parameters");
    }
  }
  if (in.accept("->")) signature.result = in.name("a type behind '->'", &signature.result_span);
  in.expect_end("the declaration");
  return signature;
}

RawType parse_type(const YamlNode& node, Diagnostics& diagnostics) {
  RawType type;
  type.span = node.span;
  const int before = diagnostics.errors();
  const auto lines = lex(node, diagnostics);
  if (lines.size() != 1) {
    if (diagnostics.errors() == before)
      diagnostics.error(node.span, "a type is expected here", "such as 'bool = false'");
    return type;
  }
  TokenStream in(lines[0].tokens, diagnostics);
  auto range = [&] {
    auto bound = [&]() -> std::int64_t {
      const bool negative = in.accept("-");
      if (in.peek().kind != TokenKind::Number) {
        in.fail("a number is expected in the range",
                fmt::format("such as '{} 0..3'",
                            type.kind == RawType::Kind::Refcount ? "refcount" : "int"));
        return 0;
      }
      const std::int64_t n = in.next().number;
      return negative ? -n : n;
    };
    type.low = bound();
    if (in.expect("..", "between the bounds")) type.high = bound();
    if (in.failed()) return;
    if (type.low > type.high)
      diagnostics.error(type.span, "the range is empty");
    else if (type.high - type.low > 70'000)
      diagnostics.error(type.span, "the range is too large", "at most 70,000 values");
    else if (type.kind == RawType::Kind::Refcount && type.low != 0)
      diagnostics.error(type.span, "a reference count begins at 0", "refcount 0..3");
  };
  if (in.peek().kind == TokenKind::Number || in.is("-")) {
    type.kind = RawType::Kind::Int;
    range();
  } else {
    const std::string word = in.name("a type", &type.span);
    if (word == "bool")
      type.kind = RawType::Kind::Bool;
    else if (word == "errno")
      type.kind = RawType::Kind::Errno;
    else if (word == "int") {
      type.kind = RawType::Kind::Int;
      range();
    } else if (word == "refcount") {
      type.kind = RawType::Kind::Refcount;
      range();
      if (in.accept("at")) {
        in.expect("zero", "behind 'at'");
        type.at_zero = in.name("the procedure to run at zero", &type.at_zero_span);
      }
    } else if (word == "ref") {
      type.kind = RawType::Kind::Ref;
      type.name = in.name("a sort behind 'ref'", &type.span);
    } else if (word == "list" || word == "set") {
      type.kind = word == "list" ? RawType::Kind::List : RawType::Kind::Set;
      in.expect("of", "and the sort of its members");
      type.name = in.name("a sort", &type.span);
    } else {
      type.kind = RawType::Kind::Name;
      type.name = word;
    }
  }
  if (in.accept("=")) {
    type.has_cold = true;
    if (in.accept("any"))
      type.cold_any = true;
    else
      type.cold = in.expression();
  }
  if (in.accept("boot")) {
    type.has_boot = true;
    if (in.accept("any"))
      type.boot_any = true;
    else
      type.boot = in.expression();
  }
  in.expect_end("the type");
  return type;
}

}  // namespace luproof::model
