// SPDX-License-Identifier: GPL-2.0-or-later
// What a binding says of a line, and its names among those of the model.
#include "traces/binding.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "traces/text/arguments.h"

namespace luproof::traces {

using model::did_you_mean;
using model::printable;

namespace {

bool resolve_call(EventCall& call, const model::Model& model, model::Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const model::Event& event : model.events) names.push_back(event.name);
  const auto found = std::find(names.begin(), names.end(), call.name);
  if (found == names.end()) {
    diagnostics.error(call.span, fmt::format("no event is named '{}'", printable(call.name)),
                      did_you_mean(call.name, names));
    return false;
  }
  call.event = static_cast<int>(found - names.begin());
  const model::Event& event = model.events[call.event];
  if (static_cast<int>(call.arguments.size()) != event.parameters) {
    diagnostics.error(call.span,
                      fmt::format("'{}' has {} parameters", event.name, event.parameters));
    return false;
  }
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const model::Type& type = event.locals[i].type;
    const bool wants_function =
        type.kind == model::Type::Kind::Ref && model.base_sort(type.id) == model::kFunction;
    if (wants_function == (call.arguments[i].kind != CallArgument::Kind::Constant)) continue;
    diagnostics.error(call.span,
                      fmt::format("argument {} of '{}' is {}", i + 1, event.name,
                                  wants_function ? "a PCI function" : "no PCI function"));
    return false;
  }
  return true;
}

}  // namespace

bool resolve_binding(Binding& binding, const model::Model& model, model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  for (Meaning& meaning : binding.meanings) {
    if (meaning.event) resolve_call(*meaning.event, model, diagnostics);
    if (meaning.tells) resolve_call(*meaning.tells, model, diagnostics);
    if (!meaning.decode) continue;
    resolve_call(meaning.decode->one, model, diagnostics);
    resolve_call(meaning.decode->zero, model, diagnostics);
  }
  for (const auto& [property, symbols] : binding.needs) {
    const auto named = [&wanted = property](const model::Property& p) { return p.name == wanted; };
    if (std::none_of(model.properties.begin(), model.properties.end(), named))
      diagnostics.error(model::Span{}, fmt::format("{}: needs: no property is named '{}'",
                                                   printable(binding.path), printable(property)));
    for (const std::string& symbol : symbols)
      if (binding.find(symbol) == nullptr)
        diagnostics.error(model::Span{}, fmt::format("{}: needs: no line has the symbol '{}'",
                                                     printable(binding.path), printable(symbol)));
  }
  const auto works = [&](const model::Property& p) { return p.name == binding.usable; };
  if (!binding.usable.empty() &&
      std::none_of(model.properties.begin(), model.properties.end(), works))
    diagnostics.error(model::Span{},
                      fmt::format("{}: usable: no property is named '{}'", printable(binding.path),
                                  printable(binding.usable)));
  const bool exists = std::any_of(model.cells.begin(), model.cells.end(), [&](const auto& cell) {
    return cell.name == binding.existence && cell.index == std::vector<int>{model::kFunction};
  });
  if (!exists)
    diagnostics.error(model::Span{},
                      fmt::format("{}: 'existence: {}' is no cell of all functions",
                                  printable(binding.path), printable(binding.existence)));
  return diagnostics.errors() == errors;
}

bool Binding::may_mean(const TraceLine& line) const {
  switch (line.kind) {
    case LineKind::Lost:
    case LineKind::Unknown:
    case LineKind::Boot:
      return true;
    case LineKind::Message:
      return message_of(line) >= 0;
    case LineKind::Kprobe:
      if (line.function.empty()) return true;
      [[fallthrough]];
    default:
      const std::string_view symbol = symbol_of(line);
      return !symbol.empty() && find(symbol) != nullptr;
  }
}

int Binding::message_of(const TraceLine& line) const {
  for (const int index : messages)
    if (re2::RE2::PartialMatch(re2::StringPiece(line.text.data(), line.text.size()),
                               *meanings[index].pattern))
      return index;
  return -1;
}

void Binding::add_groups(const Meaning& meaning, TraceLine& line) const {
  const re2::RE2& pattern = *meaning.pattern;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) +
                                       1);
  const re2::StringPiece text(line.text.data(), line.text.size());
  if (!pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size())))
    return;
  for (const auto& [group, index] : pattern.NamedCapturingGroups()) {
    const std::string_view value(groups[index].data(), groups[index].size());
    std::erase_if(line.args, [&named = group](const Argument& a) { return a.name == named; });
    line.args.push_back({group, value, text::argument_number(value)});
  }
}

std::string_view Binding::symbol_of(const TraceLine& line) const {
  switch (line.kind) {
    case LineKind::Function:
    case LineKind::GraphEntry:
    case LineKind::Tracepoint:
      return base_function(line.symbol);
    case LineKind::Kprobe: {
      if (!line.function.empty()) return base_function(line.function);
      const auto named = probes.find(line.symbol);
      return named == probes.end() ? line.symbol : std::string_view(named->second);
    }
    default:
      return {};
  }
}

}  // namespace luproof::traces
