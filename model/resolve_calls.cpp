// SPDX-License-Identifier: GPL-2.0-or-later
// What is written like a call: definitions, cells with indices, and the words of the language.
#include <fmt/format.h>

#include <algorithm>

#include "model/pair.h"
#include "model/resolve_helpers.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr int kMaximumDefineDepth = 100;

}  // namespace

int Resolver::cell_named(const RawExpr& raw, Frame& frame, std::vector<ExprPtr>& indices) {
  if (raw.op == RawOp::Name) {
    const auto found = symbols_.find(raw.text);
    if (found != symbols_.end() && found->second.kind == Symbol::Kind::Cell)
      return found->second.id;
    fail(raw.span, fmt::format("'{}' is not a cell", printable(raw.text)),
         did_you_mean(raw.text, known_names(frame)));
    return -1;
  }
  if (raw.op == RawOp::Member) {
    ExprPtr on = expression(raw.kids[0], frame);
    if (!on) return -1;
    if (on->type.kind != Type::Kind::Ref || on->type.id < 0) {
      fail(raw.span, fmt::format("'.{}' needs an entity, and this is {}", printable(raw.text),
                                 type_text(on->type)));
      return -1;
    }
    const int cell = find_cell(raw.text, on->type.id, raw.span, false);
    if (cell >= 0 && m_.cells[cell].index.size() != 1) {
      fail(raw.span, fmt::format("'{}' has two indices", m_.cells[cell].shown),
           fmt::format("{}(…, …)", raw.text));
      return -1;
    }
    indices.push_back(on);
    return cell;
  }
  if (raw.op == RawOp::Call) {
    const int cell = find_cell(raw.text, -1, raw.span, false);
    if (cell < 0) return -1;
    if (m_.cells[cell].index.size() != raw.kids.size()) {
      fail(raw.span, fmt::format("'{}' has {} indices", raw.text, m_.cells[cell].index.size()));
      return -1;
    }
    for (std::size_t i = 0; i < raw.kids.size(); ++i) {
      ExprPtr index = expect(expression(raw.kids[i], frame),
                             reference(m_.cells[cell].index[i], false), "the index");
      if (!index) return -1;
      indices.push_back(index);
    }
    return cell;
  }
  fail(raw.span, "a cell is expected here", "such as luo, d.bus_master or mapped(v, s)");
  return -1;
}

ExprPtr Resolver::handover(const RawExpr& raw, Frame& frame) {
  static const std::map<std::string, Op> kOps = {{"received", Op::Received},
                                                 {"handed", Op::Handed},
                                                 {"restored", Op::Restored},
                                                 {"outgoing", Op::Outgoing},
                                                 {"written", Op::Written}};
  std::vector<ExprPtr> indices;
  const int cell = cell_named(raw.kids[0], frame, indices);
  if (cell < 0) return nullptr;
  const Cell& target = m_.cells[cell];
  if (target.life != Life::Handover)
    return fail(raw.kids[0].span, fmt::format("'{}' is not a handover cell", target.shown),
                "declare it under state: handover:");
  Op op = kOps.at(raw.text);
  if (frame.booting && (op == Op::Outgoing || op == Op::Written))
    return fail(raw.span, "nothing is written for the next kernel before the boot",
                "read received(…) or handed(…)");
  Type type = boolean_type();
  if (op == Op::Received || op == Op::Outgoing) {
    type = target.type;
    if (target.kind != CellKind::Data) {
      type = set_of(target.type.id);
      op = op == Op::Received ? Op::SetReceived : Op::SetOutgoing;
    }
  }
  return node(op, type, raw.span, std::move(indices), cell);
}

// Words that look like calls but are part of the language.
ExprPtr Resolver::special(const RawExpr& raw, Frame& frame, bool& known) {
  static const std::map<std::string, std::size_t> kArity = {
      {"if", 3},       {"min", 2},      {"max", 2},    {"before", 2},
      {"alive", 1},    {"was", 1},      {"old", 1},    {"idle", 1},
      {"settled", 1},  {"received", 1}, {"handed", 1}, {"restored", 1},
      {"outgoing", 1}, {"written", 1},  {"next", 1},   {"previous", 1}};
  const auto arity = kArity.find(raw.text);
  known = arity != kArity.end();
  if (!known) return nullptr;
  if (raw.kids.size() != arity->second)
    return fail(raw.span, fmt::format("'{}' takes {} argument{}", raw.text, arity->second,
                                      arity->second == 1 ? "" : "s"));
  const std::string& text = raw.text;
  if (text == "received" || text == "handed" || text == "restored" || text == "outgoing" ||
      text == "written")
    return handover(raw, frame);
  if (text == "next" || text == "previous") return neighbour(raw);
  if (text == "idle") {
    const auto actor = actors_.find(raw.kids[0].text);
    if (!frame.properties) return fail(raw.span, "only properties may say idle(…)");
    if (raw.kids[0].op != RawOp::Name || actor == actors_.end())
      return no_actor(raw.kids[0].text, raw.kids[0].span);
    return node(Op::Idle, boolean_type(), raw.span, {}, actor->second);
  }
  if (text == "settled") {
    if (!frame.properties) return fail(raw.span, "only properties may say settled(…)");
    std::vector<ExprPtr> indices;
    const int cell = cell_named(raw.kids[0], frame, indices);
    if (cell < 0) return nullptr;
    if (m_.cells[cell].kind != CellKind::Mutex && m_.cells[cell].kind != CellKind::Rwlock)
      return fail(raw.kids[0].span, fmt::format("'{}' is not a lock", m_.cells[cell].shown));
    return node(Op::Settled, boolean_type(), raw.span, std::move(indices), cell);
  }
  if (text == "was") {
    if (frame.claim < 0 || !frame.samples)
      return fail(raw.span, "was(…) is the value when a claim began",
                  "it needs 'for: x in claimed(…)'");
    ExprPtr e = expression(raw.kids[0], frame);
    if (!e) return nullptr;
    if (e->type.kind == Type::Kind::Set)
      return fail(raw.span, "was(…) keeps one value, not a set", "was(x in S)");
    if (!reads_only(e, 0))
      return fail(raw.span, "was(…) can read no local name but the claim's",
                  "the value is kept when the claim begins");
    auto was = node(Op::Was, e->type, raw.span, {e});
    was->ref = static_cast<int>(frame.samples->size());
    frame.samples->push_back(static_cast<int>(m_.samples.size()));
    m_.samples.push_back(Sample{frame.claim, e});
    return was;
  }
  std::vector<ExprPtr> kids;
  for (const RawExpr& kid : raw.kids) {
    kids.push_back(expression(kid, frame));
    if (!kids.back()) return nullptr;
  }
  if (text == "old") {
    if (!frame.step)
      return fail(raw.span, "old(…) is the value before a step",
                  "only 'step:' properties have one");
    const Type type = kids[0]->type;
    return node(Op::Old, type, raw.span, std::move(kids));
  }
  if (text == "alive") {
    if (kids[0]->type.kind != Type::Kind::Ref || kids[0]->type.id < 0 ||
        !m_.sorts[m_.base_sort(kids[0]->type.id)].pool)
      return fail(raw.span, "alive(…) takes an element of a pool");
    return node(Op::Alive, boolean_type(), raw.span, std::move(kids));
  }
  if (text == "before") {
    if (kids[0]->type.kind != Type::Kind::Set || !is_list(kids[0]))
      return fail(raw.span, "before(…) takes a list and a member");
    kids[1] = expect(kids[1], reference(kids[0]->type.id, false), "the member");
    if (!kids[1]) return nullptr;
    const Type type = kids[0]->type;
    return node(Op::SetBefore, type, raw.span, std::move(kids));
  }
  if (text == "if") return either(std::move(kids), raw.span);
  for (const ExprPtr& kid : kids)
    if (kid->type.kind != Type::Kind::Int)
      return fail(kid->span, fmt::format("{} takes numbers", text));
  const Type a = kids[0]->type, b = kids[1]->type;
  return text == "min" ? node(Op::Min, integer(std::min(a.low, b.low), std::min(a.high, b.high)),
                              raw.span, std::move(kids))
                       : node(Op::Max, integer(std::max(a.low, b.low), std::max(a.high, b.high)),
                              raw.span, std::move(kids));
}

// What a configuration is in the kernel after this one, or in the one before. In the first kernel
// nothing was before, and its own value is said.
ExprPtr Resolver::neighbour(const RawExpr& raw) {
  const RawExpr& of = raw.kids[0];
  const auto found = of.op == RawOp::Name ? symbols_.find(of.text) : symbols_.end();
  if (found == symbols_.end() || found->second.kind != Symbol::Kind::Config)
    return fail(of.span, fmt::format("{}(…) takes a configuration", raw.text),
                "nothing else is known of another kernel than the one that runs");
  const Config& config = m_.configs[found->second.id];
  const auto value = [&](Value v) -> ExprPtr {
    auto e = node(Op::Const, config.type, raw.span);
    e->value = v;
    return e;
  };
  if (raw.text == "next") return value(config.new_value);
  if (m_.kernels <= 2) return value(config.old_value);
  RawExpr bound = is_first_kernel(raw.span);  // kernel <= 2
  bound.op = RawOp::LessEqual;
  bound.kids[1].number = 2;
  Frame frame;
  return either({expression(bound, frame), value(config.old_value), value(config.new_value)},
                raw.span);
}

// if(condition, value, value).
ExprPtr Resolver::either(std::vector<ExprPtr> kids, const Span& span) {
  kids[0] = expect(kids[0], boolean_type(), "the condition");
  kids[1] = coerce(kids[1], kids[2]->type);
  kids[2] = coerce(kids[2], kids[1]->type);
  if (!kids[0]) return nullptr;
  if (!assignable(kids[1]->type, kids[2]->type))
    return fail(span, fmt::format("the two values differ in type: {} and {}",
                                  type_text(kids[1]->type), type_text(kids[2]->type)));
  Type type = kids[1]->type;
  if (type.kind == Type::Kind::Int)
    type = integer(std::min(type.low, kids[2]->type.low), std::max(type.high, kids[2]->type.high));
  if (type.kind == Type::Kind::Ref) type.nullable = type.nullable || kids[2]->type.nullable;
  return node(Op::Ite, type, span, std::move(kids));
}

ExprPtr Resolver::by_kernel(ExprPtr first, ExprPtr later, const Span& span) {
  std::vector<Local> none;
  Frame frame;
  frame.locals = &none;
  return either({expression(is_first_kernel(span), frame), std::move(first), std::move(later)},
                span);
}

ExprPtr Resolver::call(const RawExpr& raw, Frame& frame) {
  bool known = false;
  ExprPtr e = special(raw, frame, known);
  if (known) return e;
  const auto define = defines_.find(raw.text);
  if (define == defines_.end()) {
    if (procedures_.count(raw.text) || events_.count(raw.text))
      return fail(raw.span,
                  fmt::format("'{}' happens in steps and cannot stand in an expression", raw.text),
                  fmt::format("let r = {}(…)", raw.text));
    std::vector<ExprPtr> indices;
    if (find_cell(raw.text, -1, raw.span, true) < 0)
      return fail(
          raw.span, fmt::format("unknown name '{}'", printable(raw.text)),
          diagnostics_.errors() > kMaximumErrors ? "" : did_you_mean(raw.text, known_names(frame)));
    const int cell = cell_named(raw, frame, indices);
    return cell < 0 ? nullptr : cell_read(cell, std::move(indices), raw.span, frame);
  }
  if (define_progress_[define->second] == Progress::Untouched) {
    if (++define_depth_ > kMaximumDefineDepth)
      return fail(raw.span, "definitions use each other too deeply", "at most 100 levels");
    define_body(define->second);
    --define_depth_;
  }
  if (define_progress_[define->second] == Progress::Open)
    return fail(raw.span, fmt::format("the definition of '{}' needs itself", raw.text),
                "definitions have to end");
  const Define& target = m_.defines[define->second];
  if (!target.body) return nullptr;
  if (static_cast<int>(raw.kids.size()) != target.parameters)
    return fail(raw.span, fmt::format("'{}' takes {} argument{}", raw.text, target.parameters,
                                      target.parameters == 1 ? "" : "s"));
  if (!frame.properties && define_facts_[define->second].monitors)
    return fail(raw.span,
                fmt::format("'{}' reads history, which only properties and claims may", raw.text));
  if (frame.booting && !define_facts_[define->second].boots)
    return fail(raw.span, fmt::format("'{}' reads what does not exist before the boot", raw.text),
                "cold and boot values read hardware, guest and given cells and what was received");
  std::vector<ExprPtr> arguments;
  for (std::size_t i = 0; i < raw.kids.size(); ++i) {
    ExprPtr argument =
        expect(expression(raw.kids[i], frame), target.locals[i].type, "the argument");
    if (!argument) return nullptr;
    arguments.push_back(std::move(argument));
  }
  return node(Op::Define, target.result, raw.span, std::move(arguments), define->second);
}

}  // namespace luproof::model
