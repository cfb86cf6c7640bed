// SPDX-License-Identifier: GPL-2.0-or-later
// Names, members, methods and operators: what each is and of which type.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/errno_names.h"
#include "model/resolve_helpers.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {

struct RelationRow {
  std::string_view name;
  Relation relation;
  int sort;
};
constexpr std::array<RelationRow, 4> kRelations = {{{"upstream", Relation::Upstream, kPort},
                                                    {"children", Relation::Children, kFunction},
                                                    {"vfs", Relation::Vfs, kVf},
                                                    {"subtree", Relation::Subtree, kFunction}}};

}  // namespace

ExprPtr Resolver::fail(const Span& span, std::string message, std::string hint) {
  diagnostics_.error(span, std::move(message), std::move(hint));
  return nullptr;
}

ExprPtr Resolver::no_actor(const std::string& name, const Span& span) {
  std::vector<std::string> known;
  for (const auto& [actor, id] : actors_) known.push_back(actor);
  return fail(span, fmt::format("'{}' is not an actor", printable(name)),
              did_you_mean(name, known));
}

int Resolver::attribute(const std::string& name) {
  const auto found = attributes_.find(name);
  if (found != attributes_.end()) return found->second;
  m_.attributes.push_back(name);
  return attributes_[name] = static_cast<int>(m_.attributes.size()) - 1;
}

ExprPtr Resolver::coerce(ExprPtr e, const Type& to) {
  if (!e || e->type == to) return e;
  if (e->op == Op::Const) {
    auto copy = std::make_shared<Expr>(*e);
    copy->type = to;
    if (to.kind == Type::Kind::Errno && e->type.kind == Type::Kind::Int && e->value == 0)
      return copy;
    if (to.kind == Type::Kind::Ref && e->type.kind == Type::Kind::Ref && e->type.id == -1)
      return copy;
  }
  return e;
}

bool Resolver::assignable(const Type& from, const Type& to) const {
  if (from.kind != to.kind) return false;
  switch (from.kind) {
    case Type::Kind::Enum:
      return from.id == to.id;
    case Type::Kind::Ref:
    case Type::Kind::Set:
      return from.id == -1 || to.id == -1 || m_.base_sort(from.id) == m_.base_sort(to.id);
    default:
      return true;
  }
}

ExprPtr Resolver::expect(ExprPtr e, const Type& to, std::string_view what) {
  if (!e) return nullptr;
  e = coerce(std::move(e), to);
  if (!assignable(e->type, to))
    return fail(e->span,
                fmt::format("{} has to be {}, not {}", what, type_text(to), type_text(e->type)));
  return e;
}

ExprPtr Resolver::boolean(const RawExpr& raw, Frame& frame, std::string_view what) {
  return expect(expression(raw, frame), boolean_type(), what);
}

std::string Resolver::type_text(const Type& type) const {
  switch (type.kind) {
    case Type::Kind::Void:
      return "nothing";
    case Type::Kind::Bool:
      return "a boolean";
    case Type::Kind::Int:
      return "a number";
    case Type::Kind::Errno:
      return "an errno";
    case Type::Kind::Enum:
      return "a " + m_.enums[type.id].name;
    case Type::Kind::Ref:
      return type.id < 0 ? "none" : "a " + m_.sorts[type.id].name;
    case Type::Kind::Set:
      return type.id < 0 ? "a set" : "a set of " + m_.sorts[type.id].name;
  }
  return "?";
}

ExprPtr Resolver::cell_read(int cell, std::vector<ExprPtr> indices, const Span& span,
                            Frame& frame) {
  const Cell& target = m_.cells[cell];
  if (target.kind == CellKind::Mutex || target.kind == CellKind::Rwlock)
    return fail(span, fmt::format("'{}' is a lock; its holder is not readable", target.shown),
                "properties may say settled(lock)");
  if (target.life == Life::Handover)
    return fail(span, fmt::format("'{}' is a handover cell", target.shown),
                "write received(…), handed(…), outgoing(…) or written(…)");
  if (target.life == Life::History && !frame.properties)
    return fail(span, fmt::format("'{}' is history; only properties may read it", target.shown));
  if (frame.booting && (target.life == Life::Kernel || target.life == Life::Userspace))
    return fail(span, fmt::format("'{}' does not exist before the boot", target.shown),
                "cold and boot values read hardware, guest and given cells and what was received");
  const bool set = target.kind == CellKind::List || target.kind == CellKind::Set;
  Type type = set ? set_of(target.type.id) : target.type;
  return node(set ? Op::SetCell : Op::Cell, type, span, std::move(indices), cell);
}

int Resolver::find_cell(const std::string& name, int sort, const Span& span, bool quiet) {
  int found = -1;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < m_.cells.size(); ++i) {
    const Cell& cell = m_.cells[i];
    const bool fits =
        sort < 0 ? cell.index.empty() || cell.shown.find('.') == std::string::npos
                 : !cell.index.empty() && m_.base_sort(cell.index[0]) == m_.base_sort(sort);
    if (!fits) continue;
    known.push_back(cell.name);
    if (cell.name == name) found = static_cast<int>(i);
  }
  if (found < 0 && !quiet) {
    if (sort == kFunction || (sort >= 0 && m_.base_sort(sort) == kFunction))
      for (const RelationRow& row : kRelations) known.emplace_back(row.name);
    fail(span,
         sort < 0 ? fmt::format("unknown name '{}'", printable(name))
                  : fmt::format("a {} has no '{}'", m_.sorts[sort].name, printable(name)),
         did_you_mean(name, known));
  }
  return found;
}

ExprPtr Resolver::name(const RawExpr& raw, Frame& frame) {
  const std::string& text = raw.text;
  if (text == "true" || text == "false") {
    auto e = node(Op::Const, boolean_type(), raw.span);
    e->value = text == "true";
    return e;
  }
  if (text == "none") return node(Op::Const, reference(-1, true), raw.span);
  if (text == "kernel") return node(Op::KernelNumber, integer(1, m_.kernels), raw.span);
  if (text == "panicked") return node(Op::Panicked, boolean_type(), raw.span);
  for (auto scope = frame.scopes.rbegin(); scope != frame.scopes.rend(); ++scope)
    if (const auto local = scope->find(text); local != scope->end())
      return node(Op::Local, (*frame.locals)[local->second].type, raw.span, {}, local->second);
  const auto found = symbols_.find(text);
  if (found == symbols_.end()) {
    if (defines_.count(text)) {
      RawExpr as_call = raw;
      as_call.op = RawOp::Call;
      return call(as_call, frame);
    }
    return fail(
        raw.span, fmt::format("unknown name '{}'", printable(text)),
        diagnostics_.errors() > kMaximumErrors ? "" : did_you_mean(text, known_names(frame)));
  }
  const Symbol& symbol = found->second;
  switch (symbol.kind) {
    case Symbol::Kind::Sort:
      return node(Op::SetSort, set_of(symbol.id), raw.span, {}, symbol.id);
    case Symbol::Kind::Enumerator: {
      auto e = node(Op::Const, Type{Type::Kind::Enum, symbol.id, 0, 0, false}, raw.span);
      e->value = symbol.value;
      return e;
    }
    case Symbol::Kind::Element: {
      auto e = node(Op::Const, reference(symbol.id, false), raw.span);
      e->value = symbol.value;
      return e;
    }
    case Symbol::Kind::Cell:
      return cell_read(symbol.id, {}, raw.span, frame);
    case Symbol::Kind::Choice:
      return node(Op::Choice,
                  Type{Type::Kind::Enum, m_.choices[symbol.id].enumeration, 0, 0, false}, raw.span,
                  {}, symbol.id);
    case Symbol::Kind::Config:
      return node(Op::Config, m_.configs[symbol.id].type, raw.span, {}, symbol.id);
  }
  return nullptr;
}

ExprPtr Resolver::member(const RawExpr& raw, Frame& frame) {
  ExprPtr on = expression(raw.kids[0], frame);
  if (!on) return nullptr;
  if (on->type.kind == Type::Kind::Set) {
    const int sort = on->type.id;
    if (raw.text == "empty") {
      auto zero = node(Op::Const, integer(0, 0), raw.span);
      auto yes = node(Op::Const, boolean_type(), raw.span);
      yes->value = 1;
      frame.locals->push_back(Local{"", reference(sort, false)});
      const int slot = static_cast<int>(frame.locals->size()) - 1;
      return node(Op::Not, boolean_type(), raw.span,
                  {node(Op::Exists, boolean_type(), raw.span, {on, yes}, slot)});
    }
    if ((raw.text == "reversed" || raw.text == "last") && !is_list(on))
      return fail(raw.span, fmt::format("'.{}' needs a list; a set has no order", raw.text));
    if (raw.text == "reversed") return node(Op::SetReversed, on->type, raw.span, {on});
    if (raw.text == "last") return node(Op::Last, reference(sort, true), raw.span, {on});
    return fail(
        raw.span, fmt::format("a set has no '{}'", printable(raw.text)),
        did_you_mean(raw.text, {"empty", "reversed", "last", "all", "exists", "count", "where"}));
  }
  if (on->type.kind != Type::Kind::Ref || on->type.id < 0)
    return fail(raw.span, fmt::format("'.{}' needs an entity, and this is {}", printable(raw.text),
                                      type_text(on->type)));
  const int sort = on->type.id;
  if (m_.base_sort(sort) == kFunction &&
      (raw.text == "bus" || raw.text == "devfn" || raw.text == "rid"))
    if (const std::string why = address_unknown(sort); !why.empty())
      return fail(raw.span, fmt::format("'{}' is not known: {}", raw.text, printable(why)),
                  "an address is given, or follows from the port above or from the PF");
  if (const int cell = find_cell(raw.text, sort, raw.span, true); cell >= 0) {
    using OfTopology = Cell::OfTopology;
    if (m_.cells[cell].of_topology == OfTopology::Fact &&
        m_.cells[cell].type.kind == Type::Kind::Int && !said_of_all(raw.text, sort, raw.span))
      return nullptr;
    if (m_.cells[cell].index.size() != 1)
      return fail(raw.span, fmt::format("'{}' has two indices", m_.cells[cell].shown),
                  fmt::format("{}(…, …)", raw.text));
    return cell_read(cell, {on}, raw.span, frame);
  }
  if (m_.base_sort(sort) == kFunction) {
    if (raw.text == "parent") return node(Op::Parent, reference(kPort, true), raw.span, {on});
    if (raw.text == "pf") return node(Op::PfOf, reference(kPf, true), raw.span, {on});
    for (const RelationRow& row : kRelations)
      if (row.name == raw.text)
        return node(Op::SetRelation, set_of(row.sort), raw.span, {on},
                    static_cast<int>(row.relation));
    if (raw.text == "rid" && m_.topology.open_addresses()) return open_rid(on, raw.span);
    static const std::array<std::string_view, 5> kAddress = {"domain", "bus", "devfn", "rid",
                                                             "index"};
    bool known = std::find(kAddress.begin(), kAddress.end(), raw.text) != kAddress.end();
    std::int64_t low = 0, high = 0xffff;
    std::string missing;
    for (int i = m_.sorts[sort].first; i < m_.sorts[sort].first + m_.sorts[sort].size && !known;
         ++i) {
      const PciFunction& f = m_.topology.functions[i];
      const auto value = f.values.find(raw.text);
      if (value == f.values.end()) {
        missing = f.name;
        continue;
      }
      low = std::min(low, value->second);
      high = std::max(high, value->second);
    }
    // A pack that stands alone has no topology to ask.
    bool anywhere = known || (m_.topology.functions.empty() && is_function_fact(raw.text));
    for (const PciFunction& f : m_.topology.functions)
      anywhere = anywhere || f.values.count(raw.text);
    if (anywhere && !missing.empty())
      return fail(raw.span,
                  fmt::format("the topology does not say '{}' of {}", printable(raw.text),
                              printable(missing)),
                  "every element of the sort needs the constant");
    if (anywhere)
      return node(Op::Attribute, integer(low, high), raw.span, {on}, attribute(raw.text));
  }
  find_cell(raw.text, sort, raw.span, false);
  return nullptr;
}

ExprPtr Resolver::method(const RawExpr& raw, Frame& frame) {
  ExprPtr on = expression(raw.kids[0], frame);
  if (!on) return nullptr;
  if (on->type.kind != Type::Kind::Set)
    return fail(raw.span, fmt::format("'.{}(…)' needs a set, and this is {}", printable(raw.text),
                                      type_text(on->type)));
  const int sort = on->type.id;
  if (raw.text == "count" && raw.kids.size() == 1 && raw.binder.empty()) {
    auto yes = node(Op::Const, boolean_type(), raw.span);
    yes->value = 1;
    frame.locals->push_back(Local{"", reference(sort, false)});
    return node(Op::Count, integer(0, 1 << 20), raw.span, {on, yes},
                static_cast<int>(frame.locals->size()) - 1);
  }
  static const std::map<std::string, Op> kMethods = {
      {"all", Op::All}, {"exists", Op::Exists}, {"count", Op::Count}, {"where", Op::SetWhere}};
  const auto found = kMethods.find(raw.text);
  if (found == kMethods.end())
    return fail(raw.span, fmt::format("a set has no '.{}(…)'", printable(raw.text)),
                did_you_mean(raw.text, {"all", "exists", "count", "where"}));
  if (raw.binder.empty() || raw.kids.size() != 2)
    return fail(raw.span, fmt::format("'.{}' takes a name and a condition", raw.text),
                fmt::format("S.{}(x, x.…)", raw.text));
  frame.scopes.emplace_back();
  const int slot = bind(frame, raw.binder, reference(sort, false), raw.binder_span);
  ExprPtr body = boolean(raw.kids[1], frame, "the condition");
  frame.scopes.pop_back();
  if (!body) return nullptr;
  Type type = found->second == Op::Count      ? integer(0, 1 << 20)
              : found->second == Op::SetWhere ? on->type
                                              : boolean_type();
  return node(found->second, type, raw.span, {on, body}, slot);
}

ExprPtr Resolver::binary(const RawExpr& raw, Frame& frame) {
  ExprPtr a = expression(raw.kids[0], frame);
  if (raw.op == RawOp::Is) {
    const int sort = raw.kids[1].op == RawOp::Name ? sort_named(raw.kids[1].text) : -1;
    if (sort < 0)
      return fail(raw.kids[1].span, "'is' is followed by a sort", "port, pf, vf, other, …");
    if (!a) return nullptr;
    if (a->type.kind != Type::Kind::Ref) return fail(raw.span, "'is' asks about an entity");
    if (!assignable(a->type, reference(sort, false)))
      return fail(raw.kids[1].span,
                  fmt::format("{} is never a {}", type_text(a->type), m_.sorts[sort].name));
    return node(Op::Is, boolean_type(), raw.span, {a}, sort);
  }
  ExprPtr b;
  if (raw.op == RawOp::In && raw.kids[1].op == RawOp::List) {
    if (!a) return nullptr;
    if (a->type.kind == Type::Kind::Set) return fail(raw.span, "a set cannot be in a list");
    std::vector<ExprPtr> items;
    for (const RawExpr& item : raw.kids[1].kids) {
      items.push_back(expect(expression(item, frame), a->type, "the member"));
      if (!items.back()) return nullptr;
    }
    b = node(Op::SetEnum, set_of(a->type.kind == Type::Kind::Ref ? a->type.id : -1),
             raw.kids[1].span, std::move(items));
    return node(Op::In, boolean_type(), raw.span, {a, b});
  }
  b = expression(raw.kids[1], frame);
  if (!a || !b) return nullptr;
  switch (raw.op) {
    case RawOp::And:
    case RawOp::Or:
    case RawOp::Implies: {
      a = expect(a, boolean_type(), "the operand");
      b = expect(b, boolean_type(), "the operand");
      if (!a || !b) return nullptr;
      const Op op = raw.op == RawOp::And ? Op::And : raw.op == RawOp::Or ? Op::Or : Op::Implies;
      return node(op, boolean_type(), raw.span, {a, b});
    }
    case RawOp::Equal:
    case RawOp::NotEqual:
      a = coerce(a, b->type);
      b = coerce(b, a->type);
      if (a->type.kind == Type::Kind::Set || !assignable(a->type, b->type))
        return fail(raw.span, fmt::format("{} cannot be compared with {}", type_text(a->type),
                                          type_text(b->type)));
      return node(raw.op == RawOp::Equal ? Op::Eq : Op::Ne, boolean_type(), raw.span, {a, b});
    case RawOp::In:
      if (b->type.kind != Type::Kind::Set)
        return fail(raw.span, fmt::format("'in' needs a set, and this is {}", type_text(b->type)));
      if (a->type.kind != Type::Kind::Ref || !assignable(set_of(a->type.id), b->type))
        return fail(raw.span,
                    fmt::format("{} cannot be in {}", type_text(a->type), type_text(b->type)));
      return node(Op::In, boolean_type(), raw.span, {a, b});
    default:
      break;
  }
  for (const ExprPtr& kid : {a, b})
    if (kid->type.kind != Type::Kind::Int)
      return fail(kid->span, fmt::format("a number is expected, not {}", type_text(kid->type)));
  const std::int64_t al = a->type.low, ah = a->type.high, bl = b->type.low, bh = b->type.high;
  switch (raw.op) {
    case RawOp::Less:
      return node(Op::Lt, boolean_type(), raw.span, {a, b});
    case RawOp::LessEqual:
      return node(Op::Le, boolean_type(), raw.span, {a, b});
    case RawOp::Greater:
      return node(Op::Gt, boolean_type(), raw.span, {a, b});
    case RawOp::GreaterEqual:
      return node(Op::Ge, boolean_type(), raw.span, {a, b});
    case RawOp::Add:
      return node(Op::Add, integer(al + bl, ah + bh), raw.span, {a, b});
    case RawOp::Subtract:
      return node(Op::Sub, integer(al - bh, ah - bl), raw.span, {a, b});
    default: {
      const auto [low, high] = std::minmax({al * bl, al * bh, ah * bl, ah * bh});
      return node(Op::Mul, integer(low, high), raw.span, {a, b});
    }
  }
}

ExprPtr Resolver::expression(const RawExpr& raw, Frame& frame) {
  switch (raw.op) {
    case RawOp::Number: {
      auto e = node(Op::Const, integer(raw.number, raw.number), raw.span);
      e->value = static_cast<Value>(raw.number);
      return e;
    }
    case RawOp::Errno: {
      if (!is_errno(raw.text))
        return fail(raw.span, fmt::format("unknown errno '{}'", raw.text),
                    did_you_mean(raw.text, errno_names()));
      const auto found = std::find(m_.errnos.begin(), m_.errnos.end(), raw.text);
      auto e = node(Op::Const, Type{Type::Kind::Errno, -1, 0, 0, false}, raw.span);
      e->value = static_cast<Value>(found - m_.errnos.begin());
      if (found == m_.errnos.end()) m_.errnos.push_back(raw.text);
      return e;
    }
    case RawOp::Name:
      return name(raw, frame);
    case RawOp::Member:
      return member(raw, frame);
    case RawOp::Method:
      return method(raw, frame);
    case RawOp::Call:
      return call(raw, frame);
    case RawOp::List:
      return fail(raw.span, "a list in brackets can only be asked: x in [a, b]",
                  "a loop walks a sort, a relation or a cell");
    case RawOp::Not: {
      ExprPtr e = boolean(raw.kids[0], frame, "the operand of 'not'");
      return e ? node(Op::Not, boolean_type(), raw.span, {e}) : nullptr;
    }
    case RawOp::Negate: {
      ExprPtr e = expression(raw.kids[0], frame);
      if (!e) return nullptr;
      if (e->type.kind != Type::Kind::Int) return fail(raw.span, "only numbers have a sign");
      return node(Op::Neg, integer(-std::int64_t{e->type.high}, -std::int64_t{e->type.low}),
                  raw.span, {e});
    }
    default:
      return binary(raw, frame);
  }
}

}  // namespace luproof::model
