// SPDX-License-Identifier: GPL-2.0-or-later
// Which names are taken, and which are words of the language.
//
// A name that is both a cell and a definition, or both a cell and a word such as `kernel`, would be
// read as one of them without a word; so it is refused where it is declared.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr auto kBareWords =
    std::to_array<std::string_view>({"true", "false", "none", "kernel", "panicked", "and", "or",
                                     "not", "implies", "in", "is", "any"});
constexpr auto kCallWords = std::to_array<std::string_view>(
    {"if", "min", "max", "before", "alive", "was", "old", "idle", "settled", "received", "handed",
     "restored", "outgoing", "written", "claimed", "snapshot", "next", "previous"});
constexpr auto kStatementWords = std::to_array<std::string_view>(
    {"let",     "ignore", "try",    "check", "wait",   "for",      "each",
     "return",  "lock",   "unlock", "with",  "atomic", "may-fail", "either",
     "forever", "pick",   "free",   "get",   "put",    "unwrite",  "restore",
     "kexec",   "panic",  "stop",   "pass",  "else",   "elif",     "new"});
constexpr auto kTypeWords =
    std::to_array<std::string_view>({"bool", "int", "errno", "ref", "list", "set", "refcount"});
constexpr auto kFunctionMembers =
    std::to_array<std::string_view>({"parent", "pf", "upstream", "children", "vfs", "subtree",
                                     "domain", "bus", "devfn", "rid", "index"});

bool among(std::span<const std::string_view> words, std::string_view name) {
  return std::find(words.begin(), words.end(), name) != words.end();
}

}  // namespace

int Resolver::sort_named(const std::string& name) const {
  for (std::size_t i = 0; i < m_.sorts.size(); ++i)
    if (m_.sorts[i].name == name) return static_cast<int>(i);
  return -1;
}

int Resolver::known_sort(const std::string& name, const Span& span) {
  const int sort = sort_named(name);
  if (sort >= 0) return sort;
  std::vector<std::string> known;
  for (const Sort& s : m_.sorts) known.push_back(s.name);
  diagnostics_.error(span, fmt::format("unknown sort '{}'", printable(name)),
                     did_you_mean(name, known));
  return -1;
}

void Resolver::reserve(const std::string& name, const Span& span) {
  const auto [at, fresh] = names_.emplace(name, span);
  if (!fresh)
    diagnostics_.error(span, fmt::format("the name '{}' is taken", printable(name)),
                       at->second.source
                           ? fmt::format("by the declaration in {}", at->second.where())
                           : "the language has it already");
}

void Resolver::refuse_word(const std::string& name, const Span& span, bool called, bool statement) {
  if (among(kBareWords, name) || (called && among(kCallWords, name)) ||
      (statement && among(kStatementWords, name)))
    diagnostics_.error(span, fmt::format("'{}' is a word of the language", name),
                       "take another name");
}

void Resolver::name_symbol(const std::string& name, Symbol symbol) {
  refuse_word(name, symbol.span, false, false);
  if (symbol.kind == Symbol::Kind::Sort && symbol.span.source) name_type(name, symbol.span);
  reserve(name, symbol.span);
  symbols_.emplace(name, symbol);
}

void Resolver::name_type(const std::string& name, const Span& span) {
  bool taken = among(kTypeWords, name) || sort_named(name) >= 0;
  for (const Enumeration& e : m_.enums) taken = taken || e.name == name;
  if (taken)
    diagnostics_.error(span, fmt::format("a type is called '{}' already", printable(name)),
                       "take another name");
}

void Resolver::name_cell(const RawSignature& signature, const Cell& cell, const Span& span) {
  if (!signature.result.empty())
    diagnostics_.error(signature.result_span, "only a procedure declares a result");
  if (signature.parameters.empty()) {
    if (signature.has_list) diagnostics_.error(span, "a cell without indices has no brackets");
    name_symbol(cell.name, Symbol{Symbol::Kind::Cell, static_cast<int>(m_.cells.size()), 0, span});
    return;
  }
  const bool dotted = signature.parameters[0].name.empty();
  if (dotted && signature.has_list)
    diagnostics_.error(span, "a cell is 'sort.name' or 'name(sort a, sort b)'");
  if (!dotted) {
    refuse_word(cell.name, span, true, false);
    reserve(cell.name, span);
  }
  const int base = m_.base_sort(cell.index[0]);
  if (base == kFunction && among(kFunctionMembers, cell.name))
    diagnostics_.error(span, fmt::format("'{}' of a function is part of the language", cell.name),
                       "take another name");
  const auto [at, fresh] = members_.emplace(std::pair(base, cell.name), span);
  if (!fresh)
    diagnostics_.error(span,
                       fmt::format("a {} has a cell '{}' already", m_.sorts[base].name, cell.name),
                       fmt::format("declared in {}", at->second.where()));
}

int Resolver::bind(Frame& frame, const std::string& name, const Type& type, const Span& span) {
  if (name.empty()) {  // the parser has said that one is missing
    frame.locals->push_back(Local{name, type});
    return static_cast<int>(frame.locals->size()) - 1;
  }
  refuse_word(name, span, false, false);
  if (const auto symbol = symbols_.find(name); symbol != symbols_.end() || defines_.count(name))
    diagnostics_.error(
        span, fmt::format("the local name '{}' hides a declaration", name),
        fmt::format("declared in {}; take another name",
                    symbol != symbols_.end() ? symbol->second.span.where()
                                             : define_sources_[defines_[name]]->key.span.where()));
  for (const auto& scope : frame.scopes)
    if (scope.count(name))
      diagnostics_.error(span, fmt::format("'{}' is already a local name here", name));
  frame.locals->push_back(Local{name, type});
  const int slot = static_cast<int>(frame.locals->size()) - 1;
  frame.scopes.back()[name] = slot;
  return slot;
}

std::vector<std::string> Resolver::known_names(const Frame& frame) const {
  std::vector<std::string> known;
  for (const auto& scope : frame.scopes)
    for (const auto& [name, slot] : scope) known.push_back(name);
  for (const auto& [name, span] : names_) known.push_back(name);
  return known;
}

}  // namespace luproof::model
