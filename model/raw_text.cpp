// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/raw_text.h"

#include <array>

namespace luproof::model {
namespace {

// As parse_expression.cpp binds them, weakest first.
enum Strength { kImplies, kOr, kAnd, kNot, kCompare, kSum, kProduct, kUnary, kPostfix };

struct Operator {
  RawOp op;
  const char* text;
  Strength strength;
};
constexpr auto kOperators = std::to_array<Operator>({{RawOp::Implies, " implies ", kImplies},
                                                     {RawOp::Or, " || ", kOr},
                                                     {RawOp::And, " && ", kAnd},
                                                     {RawOp::Equal, " == ", kCompare},
                                                     {RawOp::NotEqual, " != ", kCompare},
                                                     {RawOp::Less, " < ", kCompare},
                                                     {RawOp::LessEqual, " <= ", kCompare},
                                                     {RawOp::Greater, " > ", kCompare},
                                                     {RawOp::GreaterEqual, " >= ", kCompare},
                                                     {RawOp::In, " in ", kCompare},
                                                     {RawOp::Is, " is ", kCompare},
                                                     {RawOp::Add, " + ", kSum},
                                                     {RawOp::Subtract, " - ", kSum},
                                                     {RawOp::Multiply, " * ", kProduct}});

const Operator* operator_of(RawOp op) {
  for (const Operator& row : kOperators)
    if (row.op == op) return &row;
  return nullptr;
}

Strength strength_of(const RawExpr& e) {
  if (const Operator* binary = operator_of(e.op)) return binary->strength;
  return e.op == RawOp::Not ? kNot : e.op == RawOp::Negate ? kUnary : kPostfix;
}

std::string listed(const std::vector<RawExpr>& kids, std::size_t from, std::string text) {
  for (std::size_t i = from; i < kids.size(); ++i)
    text += (text.empty() ? "" : ", ") + raw_text(kids[i]);
  return text;
}

std::string at_least(const RawExpr& e, int strength) {
  return strength_of(e) < strength ? "(" + raw_text(e) + ")" : raw_text(e);
}

std::string joined(const std::vector<RawExpr>& all) { return listed(all, 0, ""); }

std::string members(const RawStatement& s) {
  const std::string set = raw_text(s.exprs[0]);
  std::string text = s.names[0] + " in " + (s.snapshot ? "snapshot(" + set + ")" : set);
  if (s.has_where) text += " where " + raw_text(s.exprs[1]);
  return text;
}

std::string mode(const RawStatement& s) { return s.text.empty() ? "" : s.text + " "; }

std::string fresh(const RawStatement& s) {
  return "new " + s.text + (s.exprs.empty() ? "" : " else " + raw_text(s.exprs[0]));
}

std::string line_of(const RawStatement& s) {
  using Kind = RawStatementKind;
  const auto first = [&](const char* word) { return word + raw_text(s.exprs[0]); };
  switch (s.kind) {
    case Kind::Assign:
      return joined(s.targets) + " = " + joined(s.exprs);
    case Kind::Let:
      return "let " + s.names[0] + " = " + (s.text.empty() ? raw_text(s.exprs[0]) : fresh(s));
    case Kind::Call:
      return mode(s) + raw_text(s.exprs[0]) + (s.has_undo ? " undo " + raw_text(s.exprs[1]) : "");
    case Kind::Check:
      return first("check ") + " else " + raw_text(s.exprs[1]);
    case Kind::Wait:
      return first("wait ");
    case Kind::If:
      return first("if ");
    case Kind::For: {
      std::string text = "for " + members(s);
      if (!s.text.empty()) text += " order " + s.text;
      return text + (s.targets.empty() ? "" : " " + raw_text(s.targets[0]));
    }
    case Kind::Each:
      return "each " + members(s);
    case Kind::Pick:
      return "pick " + members(s);
    case Kind::Return:
      return s.exprs.empty() ? "return" : first("return ");
    case Kind::Lock:
      return "lock " + mode(s) + raw_text(s.exprs[0]);
    case Kind::Unlock:
      return "unlock " + mode(s) + raw_text(s.exprs[0]);
    case Kind::With:
      return "with " + mode(s) + raw_text(s.exprs[0]);
    case Kind::Atomic:
      return "atomic";
    case Kind::MayFail:
      return "may-fail " + s.names[0] + " -> " + raw_text(s.exprs[0]);
    case Kind::Either:
      return "either";
    case Kind::Forever:
      return "forever";
    case Kind::New:
      return raw_text(s.targets[0]) + " = " + fresh(s);
    case Kind::Free:
      return first("free ");
    case Kind::Get:
      return first("get ");
    case Kind::Put:
      return first("put ");
    case Kind::Unwrite:
      return first("unwrite ");
    case Kind::Restore:
      return first("restore ");
    case Kind::Kexec:
      return s.exprs.empty() ? "kexec" : first("kexec carries ");
    case Kind::Panic:
      return "panic";
    case Kind::Stop:
      return "stop";
    case Kind::Pass:
      return "pass";
  }
  return "pass";
}

}  // namespace

std::string raw_text(const RawExpr& e) {
  if (const Operator* binary = operator_of(e.op)) {
    // Comparisons do not chain, `implies` binds to the right, the others to the left.
    const int own = binary->strength;
    const bool right = binary->op == RawOp::Implies, chains = own != kCompare;
    return at_least(e.kids[0], own + (right || !chains)) + binary->text +
           at_least(e.kids[1], own + !right);
  }
  switch (e.op) {
    case RawOp::Number:
      return std::to_string(e.number);
    case RawOp::Member:
      return at_least(e.kids[0], kPostfix) + "." + e.text;
    case RawOp::Call:
      return e.text + "(" + joined(e.kids) + ")";
    case RawOp::Method:
      return at_least(e.kids[0], kPostfix) + "." + e.text + "(" + listed(e.kids, 1, e.binder) + ")";
    case RawOp::Not:
      return "not " + at_least(e.kids[0], kNot);
    case RawOp::Negate:
      return "-" + at_least(e.kids[0], kUnary);
    case RawOp::List:
      return "[" + joined(e.kids) + "]";
    default:
      return e.text;  // a name, an errno
  }
}

std::string raw_line(const RawStatement& s) {
  return (s.label.empty() ? "" : "@" + s.label + " ") + line_of(s);
}

std::string raw_text(const std::vector<RawStatement>& code, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (code.empty()) return margin + "pass\n";
  std::string text;
  for (const RawStatement& s : code) {
    if (s.kind == RawStatementKind::Either) {
      for (std::size_t i = 0; i < s.alternatives.size(); ++i)
        text += margin + (i ? "or" : raw_line(s)) + ":\n" + raw_text(s.alternatives[i], indent + 2);
      continue;
    }
    const bool block = s.kind == RawStatementKind::If || s.kind == RawStatementKind::For ||
                       s.kind == RawStatementKind::Each || s.kind == RawStatementKind::With ||
                       s.kind == RawStatementKind::Atomic || s.kind == RawStatementKind::Forever;
    text += margin + raw_line(s) + (block ? ":\n" + raw_text(s.body, indent + 2) : "\n");
    if (!s.orelse.empty()) text += margin + "else:\n" + raw_text(s.orelse, indent + 2);
  }
  return text;
}

}  // namespace luproof::model
