// SPDX-License-Identifier: GPL-2.0-or-later
// Open sorts: a pack declares the sort and its cells, and the spec that uses the pack says which
// elements there are and how their cells start.
//
// The first values become part of the cell's cold value, so that no engine knows of them.
#include <fmt/format.h>

#include <algorithm>

#include "model/lexer.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr std::size_t kMaximumMembers = 64;

RawExpr leaf(RawOp op, std::string text, const Span& span) {
  RawExpr e;
  e.op = op;
  e.text = std::move(text);
  e.span = span;
  return e;
}

}  // namespace

void Resolver::open_sort(Sort& sort, int id) {
  const auto given = c_.members.find(sort.name);
  if (given == c_.members.end()) return;
  const YamlNode& members = *given->second;
  if (members.entries.size() > kMaximumMembers) {
    diagnostics_.error(members.span,
                       fmt::format("'{}' has more than {} members", sort.name, kMaximumMembers));
    return;
  }
  for (const YamlEntry& item : members.entries) {
    const std::string& name = item.key.text;
    if (!is_name(name))
      diagnostics_.error(item.key.span, fmt::format("'{}' is no name", printable(name)),
                         "letters, digits and '_'");
    if (!item.value.is_map())
      diagnostics_.error(item.value.span, "a member is a map of the first values of its cells",
                         "{} if it has none");
    name_symbol(name, Symbol{Symbol::Kind::Element, id, static_cast<Value>(sort.names.size()) + 1,
                             item.key.span});
    sort.names.push_back(name);
  }
  sort.size = static_cast<int>(sort.names.size());
}

// if(self == a, value of a, if(self == b, …, cold value))
RawType Resolver::with_member_values(const Cell& cell, RawType raw,
                                     const RawSignature& signature) {
  if (cell.index.size() != 1 || cell.kind != CellKind::Data) return raw;
  const auto given = c_.members.find(m_.sorts[cell.index[0]].name);
  if (given == c_.members.end()) return raw;
  for (const YamlEntry& member : given->second->entries) {
    const YamlEntry* value = member.value.find(cell.name);
    if (!value) continue;
    const Span& span = value->value.span;
    if (cell.life == Life::Handover || raw.cold_any) {
      diagnostics_.error(value->key.span,
                         fmt::format("'{}' cannot have a first value here", cell.shown),
                         raw.cold_any ? "it starts as any value" : "nothing is handed over yet");
      continue;
    }
    if (!raw.has_cold) {
      const Type& t = cell.type;
      raw.cold = leaf(RawOp::Name, t.kind == Type::Kind::Ref ? "none" : "false", span);
      if (t.kind == Type::Kind::Enum) raw.cold.text = m_.enums[t.id].values.front();
      if (t.kind == Type::Kind::Int || t.kind == Type::Kind::Errno) {
        raw.cold.op = RawOp::Number;
        raw.cold.number = t.kind == Type::Kind::Int ? t.low : 0;
      }
    }
    const std::string& name = signature.parameters[0].name;
    const bool own = signature.has_list && !name.empty();
    RawExpr same = leaf(RawOp::Equal, "==", span);
    same.kids = {leaf(RawOp::Name, own ? name : "self", span),
                 leaf(RawOp::Name, member.key.text, span)};
    RawExpr choose = leaf(RawOp::Call, "if", span);
    choose.kids = {std::move(same), parse_expression(value->value, diagnostics_),
                   std::move(raw.cold)};
    choose.height = choose.kids[2].height + 1;
    raw.cold = std::move(choose);
    raw.has_cold = true;
  }
  return raw;
}

// A key of a member that is no cell of its sort is a slip of the pen.
void Resolver::member_keys() {
  for (const auto& [sort, members] : c_.members) {
    std::vector<std::string> known;
    for (const Cell& cell : m_.cells)
      if (cell.index.size() == 1 && cell.kind == CellKind::Data &&
          m_.sorts[cell.index[0]].name == sort)
        known.push_back(cell.name);
    for (const YamlEntry& member : members->entries)
      for (const YamlEntry& item : member.value.entries)
        if (std::find(known.begin(), known.end(), item.key.text) == known.end())
          diagnostics_.error(
              item.key.span,
              fmt::format("'{}' is not a cell of a {}", printable(item.key.text), sort),
              did_you_mean(item.key.text, known));
  }
}

}  // namespace luproof::model
