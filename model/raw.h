// SPDX-License-Identifier: GPL-2.0-or-later
// What the parser makes of expressions and code blocks, before any name is looked up.
//
// Names stay text here, because packs are composed and overridden before they mean anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/source.h"
#include "model/yaml_tree.h"

namespace luproof::model {

enum class RawOp {
  Number,
  Name,
  Errno,   // 3, luo, -EBUSY
  Member,  // kids[0].text
  Call,    // text(kids...)
  Method,  // kids[0].text(kids[1..]); a binder's name is in `binder`
  Not,
  Negate,
  And,
  Or,
  Implies,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  Is,
  Add,
  Subtract,
  Multiply,
  List,  // [a, b]
};

struct RawExpr {
  RawOp op = RawOp::Number;
  Span span;
  std::string text;
  std::string binder;  // x in s.all(x, e)
  Span binder_span;
  std::int64_t number = 0;
  int height = 1;  // of this tree; bounded, because everything that walks it recurses
  std::vector<RawExpr> kids;
};

enum class RawStatementKind {
  Assign,  // targets = exprs
  Let,     // names[0] = exprs[0], or of `call`
  Call,    // exprs[0]; text: "" | "ignore" | "try"; undo: exprs[1] if has_undo
  Check,   // exprs[0] else exprs[1]
  Wait,    // exprs[0]
  If,      // exprs[0]: body else orelse
  For,     // names[0] in exprs[0] where exprs[1] order `text`: body
  Each,    // names[0] in exprs[0] where exprs[1]: body, all at once
  Return,  // exprs[0] if any
  Lock,
  Unlock,
  With,     // exprs[0]; text: "" | "read" | "write"
  Atomic,   // body
  MayFail,  // act names[0] -> exprs[0]
  Either,   // alternatives
  Forever,  // body
  Pick,     // names[0] in exprs[0] where exprs[1]
  New,      // targets[0] = new text else exprs[0]
  Free,     // exprs[0]
  Get,
  Put,  // exprs[0]
  Unwrite,
  Restore,  // exprs[0]
  Kexec,    // carries exprs[0] if any
  Panic,
  Stop,
  Pass,
};

struct RawStatement {
  RawStatementKind kind = RawStatementKind::Pass;
  Span span;
  std::string label;
  std::string text;
  Span text_span;
  std::vector<std::string> names;
  std::vector<Span> name_spans;
  std::vector<RawExpr> targets;
  std::vector<RawExpr> exprs;
  bool has_undo = false;
  bool has_where = false;
  bool snapshot = false;  // of For: the set is fixed at entry
  std::vector<RawStatement> body;
  std::vector<RawStatement> orelse;
  std::vector<std::vector<RawStatement>> alternatives;
};

// "name(sort a, sort b) -> type", also "sort.name" and plain "name".
struct RawParameter {
  std::string type;
  std::string name;
  Span span;
};
struct RawSignature {
  std::string name;
  std::vector<RawParameter> parameters;
  bool has_list = false;  // "(…)" was written, be it empty
  std::string result;     // text of the type behind "->", or ""
  Span result_span;
  Span span;
};

// A declared type: "bool = true", "ref session", "int 0..3 = 0 boot received(x)", …
struct RawType {
  enum class Kind { Bool, Name, Int, Ref, List, Set, Refcount, Errno };
  Kind kind = Kind::Bool;
  std::string name;  // kind or sort
  std::int64_t low = 0, high = 0;
  std::string at_zero;  // of a Refcount
  Span at_zero_span;
  bool has_cold = false, cold_any = false, has_boot = false, boot_any = false;
  RawExpr cold, boot;
  Span span;
};

// Each reports to `diagnostics` and returns what it could make of the text.
RawExpr parse_expression(const YamlNode& node, Diagnostics& diagnostics);
std::vector<RawStatement> parse_code(const YamlNode& node, Diagnostics& diagnostics);
RawSignature parse_signature(const YamlNode& node, Diagnostics& diagnostics);
RawType parse_type(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace luproof::model
