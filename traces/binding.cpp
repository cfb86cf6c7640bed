// SPDX-License-Identifier: GPL-2.0-or-later
// From the YAML of a binding to what it says, and from its names to those of the model.
#include "traces/binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/yaml_tree.h"
#include "traces/binding_text.h"

namespace luproof::traces {

using model::did_you_mean;
using model::printable;
using model::YamlEntry;
using model::YamlNode;

namespace {

constexpr std::array<std::pair<std::string_view, model::FunctionKind>, 4> kKinds = {
    {{"port", model::FunctionKind::Port},
     {"pf", model::FunctionKind::Pf},
     {"vf", model::FunctionKind::Vf},
     {"other", model::FunctionKind::Other}}};

class Reader {
 public:
  explicit Reader(model::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void file(const YamlNode& root, Binding& binding) {
    if (!keys(root,
              {"bindings", "about", "cite", "model", "existence", "probes", "needs", "lines"}))
      return;
    binding.name = need(root, "bindings");
    binding.about = text_of(root, "about");
    binding.model = need(root, "model");
    binding.existence = need(root, "existence");
    if (const YamlEntry* const probes = root.find("probes"))
      for (const YamlEntry& entry : probes->value.entries)
        binding.probes[entry.key.text] = entry.value.text;
    if (const YamlEntry* const needs = root.find("needs"))
      for (const YamlEntry& entry : needs->value.entries)
        binding.needs[entry.key.text] = texts(entry.value);
    const YamlEntry* const lines = root.find("lines");
    if (lines == nullptr || !lines->value.is_sequence()) {
      error(lines ? lines->value : root, "a binding needs 'lines:', a list",
            "lines: [{symbol: …}]");
      return;
    }
    std::vector<const YamlEntry*> confirmations;
    for (const YamlNode& item : lines->value.items) {
      Meaning meaning;
      if (!keys(item,
                {"symbol", "name",  "about",    "cite",     "with",    "when",         "callers",
                 "silent", "event", "decode",   "tells",    "counted", "confirmed-by", "begins",
                 "ends",   "asks",  "may-fail", "nameless", "kexec",   "jump"}))
        continue;
      one(item, meaning);
      binding.by_symbol[meaning.symbol].push_back(static_cast<int>(binding.meanings.size()));
      binding.meanings.push_back(std::move(meaning));
      confirmations.push_back(item.find("confirmed-by"));
    }
    if (!diagnostics_.ok()) return;
    for (std::size_t i = 0; i < confirmations.size(); ++i)
      if (confirmations[i] != nullptr)
        confirm(confirmations[i]->value, binding, binding.meanings[i]);
  }

 private:
  void error(const YamlNode& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
  }

  bool keys(const YamlNode& map, const std::vector<std::string>& allowed) {
    if (!map.is_map()) {
      error(map, "a map is expected here");
      return false;
    }
    for (const YamlEntry& entry : map.entries) {
      if (std::find(allowed.begin(), allowed.end(), entry.key.text) != allowed.end()) continue;
      error(entry.key, fmt::format("unknown key '{}'", printable(entry.key.text)),
            did_you_mean(entry.key.text, allowed));
    }
    return true;
  }

  std::string text_of(const YamlNode& map, std::string_view key) {
    const YamlEntry* const entry = map.find(key);
    if (entry == nullptr) return {};
    if (!entry->value.is_scalar()) error(entry->value, fmt::format("'{}' is a text", key));
    return entry->value.text;
  }

  std::string need(const YamlNode& map, std::string_view key) {
    if (map.find(key) == nullptr) error(map, fmt::format("'{}:' is missing", key));
    return text_of(map, key);
  }

  bool yes(const YamlNode& map, std::string_view key) {
    const std::string text = text_of(map, key);
    const bool is_yes = text == "yes" || text == "true";
    if (!text.empty() && !is_yes && text != "no" && text != "false")
      error(map.find(key)->value, fmt::format("'{}' is yes or no", key));
    return is_yes;
  }

  std::vector<std::string> texts(const YamlNode& node) {
    std::vector<std::string> found;
    if (node.is_map()) error(node, "a name or a list of names is expected");
    if (node.is_scalar()) found.push_back(node.text);
    for (const YamlNode& item : node.items) {
      if (!item.is_scalar()) error(item, "a name is expected");
      found.push_back(item.text);
    }
    return found;
  }
  std::vector<std::string> texts(const YamlNode& map, std::string_view key) {
    const YamlEntry* const entry = map.find(key);
    return entry ? texts(entry->value) : std::vector<std::string>{};
  }

  std::optional<EventCall> call(const YamlNode& map, std::string_view key, const Meaning& meaning) {
    const YamlEntry* const entry = map.find(key);
    if (entry == nullptr) return std::nullopt;
    if (!entry->value.is_scalar()) {
      error(entry->value, "an event is expected", "event: pci_clear_master(d)");
      return std::nullopt;
    }
    return read_event_call(entry->value, meaning.parameters, diagnostics_);
  }

  void one(const YamlNode& item, Meaning& meaning) {
    meaning.span = item.span;
    meaning.symbol = need(item, "symbol");
    meaning.name = item.find("name") ? text_of(item, "name") : meaning.symbol;
    meaning.about = text_of(item, "about");
    meaning.callers = texts(item, "callers");
    meaning.silent = texts(item, "silent");
    meaning.begins = text_of(item, "begins");
    meaning.ends = text_of(item, "ends");
    meaning.asks = yes(item, "asks");
    meaning.may_fail = yes(item, "may-fail");
    meaning.kexec = yes(item, "kexec");
    meaning.jump = yes(item, "jump");
    const std::string nameless = text_of(item, "nameless");
    meaning.nameless_ignored = nameless == "ignore";
    if (!nameless.empty() && !meaning.nameless_ignored)
      error(item.find("nameless")->value, "'nameless' can only be 'ignore'");
    if (const YamlEntry* const with = item.find("with")) {
      if (!with->value.is_map()) error(with->value, "a map is expected", "with: {d: dev}");
      for (const YamlEntry& entry : with->value.entries)
        meaning.parameters.push_back({entry.key.text, entry.value.text});
    }
    if (const YamlEntry* const when = item.find("when")) {
      if (when->value.is_scalar()) condition(when->value, meaning);
      for (const YamlNode& each : when->value.items) condition(each, meaning);
    }
    meaning.event = call(item, "event", meaning);
    meaning.tells = call(item, "tells", meaning);
    if (const YamlEntry* const decode = item.find("decode")) read_decode(decode->value, meaning);
    if (const YamlEntry* const counted = item.find("counted"))
      read_counted(counted->value, meaning);
    check(item, meaning);
  }

  void check(const YamlNode& item, const Meaning& meaning) {
    const bool acts = meaning.event || meaning.decode || meaning.tells;
    const bool marks =
        !meaning.begins.empty() || !meaning.ends.empty() || meaning.kexec || meaning.jump;
    if (meaning.asks == (acts || marks))
      error(
          item,
          meaning.asks ? "a line that only asks cannot be an event too" : "the line means nothing",
          "event:, decode:, tells:, asks: yes, begins:, ends:, kexec: yes or jump: yes");
    if (meaning.event && meaning.decode) error(item, "'event' and 'decode' exclude each other");
    if ((acts || !meaning.begins.empty() || !meaning.ends.empty()) &&
        meaning.parameters.size() != 1)
      error(item, "exactly one argument has to hold a PCI address", "with: {d: dev}");
  }

  void condition(const YamlNode& node, Meaning& meaning) {
    if (auto read = read_condition(node, meaning.parameters, diagnostics_))
      meaning.when.push_back(std::move(*read));
  }

  void read_decode(const YamlNode& node, Meaning& meaning) {
    if (!keys(node, {"argument", "bit", "one", "zero"})) return;
    Decode decode;
    decode.argument = need(node, "argument");
    const std::string bit = text_of(node, "bit");
    if (!bit.empty()) {
      const auto number = read_number(bit);
      if (!number || *number < 0 || *number > 63)
        error(node.find("bit")->value, "a bit is a number from 0 to 63");
      else
        decode.bit = static_cast<int>(*number);
    }
    auto one = call(node, "one", meaning);
    auto zero = call(node, "zero", meaning);
    if (!one || !zero) return error(node, "'decode' needs 'one:' and 'zero:', two events");
    decode.one = std::move(*one);
    decode.zero = std::move(*zero);
    meaning.decode = std::move(decode);
  }

  void read_counted(const YamlNode& node, Meaning& meaning) {
    if (!keys(node, {"task", "pid", "kinds"})) return;
    Counted counted;
    counted.task = need(node, "task");
    const auto pid = read_number(need(node, "pid"));
    if (!pid || *pid < 0 || *pid > 0x7fffffff) return error(node, "'pid' is a number");
    counted.pid = static_cast<int>(*pid);
    for (const std::string& word : texts(node, "kinds")) {
      const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                            [&](const auto& k) { return k.first == word; });
      if (kind == kKinds.end())
        error(node, fmt::format("unknown kind '{}'", printable(word)), "port, pf, vf or other");
      else
        counted.kinds.push_back(kind->second);
    }
    if (counted.kinds.empty()) error(node, "'kinds:' is missing", "kinds: [port, pf, other]");
    meaning.counted = std::move(counted);
  }

  void confirm(const YamlNode& node, const Binding& binding, Meaning& meaning) {
    std::vector<std::string> names;
    for (const Meaning& other : binding.meanings) names.push_back(other.name);
    for (const std::string& wanted : texts(node)) {
      const auto found = std::find(names.begin(), names.end(), wanted);
      if (found == names.end())
        error(node, fmt::format("no line is named '{}'", printable(wanted)),
              did_you_mean(wanted, names));
      else
        meaning.confirmed_by.push_back(static_cast<int>(found - names.begin()));
    }
  }

  model::Diagnostics& diagnostics_;
};

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

std::optional<Binding> read_binding(const model::SourcePtr& source,
                                    model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return std::nullopt;
  Binding binding;
  binding.path = source->path;
  Reader(diagnostics).file(*tree, binding);
  if (diagnostics.errors() != errors) return std::nullopt;
  return binding;
}

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
    const auto named = [&](const model::Property& p) { return p.name == property; };
    if (std::none_of(model.properties.begin(), model.properties.end(), named))
      diagnostics.error(model::Span{}, fmt::format("{}: needs: no property is named '{}'",
                                                   printable(binding.path), printable(property)));
    for (const std::string& symbol : symbols)
      if (binding.find(symbol) == nullptr)
        diagnostics.error(model::Span{}, fmt::format("{}: needs: no line has the symbol '{}'",
                                                     printable(binding.path), printable(symbol)));
  }
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
    case LineKind::Kprobe:
      if (line.function.empty()) return true;
      [[fallthrough]];
    default:
      const std::string_view symbol = symbol_of(line);
      return !symbol.empty() && find(symbol) != nullptr;
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
