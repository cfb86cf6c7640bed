// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproduce/forces.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "model/yaml_map.h"

namespace luproof::report {

using model::Diagnostics;
using model::printable;
using model::YamlMap;
using model::YamlNode;

namespace {

constexpr std::size_t kMostWords = 64;
constexpr std::array<std::pair<std::string_view, model::FunctionKind>, 4> kKinds = {
    {{"port", model::FunctionKind::Port},
     {"pf", model::FunctionKind::Pf},
     {"vf", model::FunctionKind::Vf},
     {"other", model::FunctionKind::Other}}};

// specs/forces.schema.json lists them too.
const std::vector<std::string> kFileKeys = {"forces",  "about", "cite",   "start",
                                            "actions", "shows", "ignored"};
const std::vector<std::string> kStartKeys = {"vfs", "number", "cell", "is", "kinds", "about", "do"};
const std::vector<std::string> kActionKeys = {"call", "about", "cite", "do"};
const std::vector<std::string> kShownKeys = {"step", "about", "cite", "event", "line", "of"};
const std::vector<std::string> kIgnoredKeys = {"call", "because"};
const std::vector<std::string> kDeedKeys = {"write",    "to", "if-there", "hold", "release",
                                            "set-bits", "at", "of",       "kexec"};

bool identifier(std::string_view text) {
  return !text.empty() && text.size() <= kMostWords &&
         !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); });
}

bool made_of(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c < 0x80 && std::isalnum(c)) || more.find(static_cast<char>(c)) != more.npos;
  });
}

bool hexadecimal(std::string_view text) {
  return text.size() > 2 && text.size() <= 6 && text.starts_with("0x") &&
         text.find_first_not_of("0123456789abcdef", 2) == text.npos;
}

class Reader {
 public:
  explicit Reader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void read(const YamlNode& root, Forces& forces) {
    const YamlMap map(root, diagnostics_);
    if (!map.only(kFileKeys)) return;
    map.need("forces", "NAME");
    each(root, "start", [&](const YamlNode& node) { start(node, forces); });
    each(root, "actions", [&](const YamlNode& node) { action(node, forces); });
    each(root, "shows", [&](const YamlNode& node) { shown(node, forces); });
    each(root, "ignored", [&](const YamlNode& node) { ignored(node, forces); });
    if (forces.actions.empty() && diagnostics_.ok())
      map.error(root.span, "there is nothing that could be done", "actions: [{call: …, do: […]}]");
  }

 private:
  template <typename F>
  void each(const YamlNode& map, std::string_view key, F&& f) {
    const auto* const entry = map.find(key);
    if (!entry) return;
    if (!entry->value.is_sequence())
      return diagnostics_.error(entry->value.span, fmt::format("'{}' is a list", key));
    for (const YamlNode& node : entry->value.items) f(node);
  }

  // "name(a, b)"
  Signature signature(const YamlMap& map, std::string_view key) {
    Signature found;
    found.span = map.place(key);
    const std::string text = map.need(key, "sriov_numvfs_store(p, n)");
    const auto wrong = [&] {
      map.error(found.span, fmt::format("'{}' is no name with parameters", printable(text)),
                "sriov_numvfs_store(p, n)");
      return Signature{};
    };
    if (text.empty()) return found;
    const std::size_t open = text.find('(');
    if (open == text.npos || text.back() != ')') return wrong();
    found.name = text.substr(0, open);
    if (!identifier(found.name)) return wrong();
    words(text.substr(open + 1, text.size() - open - 2), found.parameters);
    for (const std::string& each : found.parameters)
      if (!identifier(each)) return wrong();
    return found;
  }

  static void words(const std::string& text, std::vector<std::string>& found) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      std::string word = text.substr(at, end - at);
      word.erase(0, word.find_first_not_of(' '));
      found.push_back(word);
      at = end + 1;
    }
  }

  void parameter(const YamlMap& map, std::string_view key, const std::string& name,
                 const Signature& call) {
    if (call.name.empty() || call.parameter(name) >= 0) return;
    std::string hint = model::did_you_mean(name, call.parameters);
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(call.parameters, ", "));
    map.error(map.place(key), fmt::format("'{}' is no parameter of {}", printable(name), call.name),
              hint);
  }

  // The parameters in "{d}".
  void places(const YamlMap& map, std::string_view key, const std::string& text,
              const Signature& call) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '}') return map.error(map.place(key), "'}' without '{'");
      if (text[at] != '{') continue;
      const std::size_t end = text.find('}', at);
      if (end == text.npos) return map.error(map.place(key), "'{' without '}'");
      parameter(map, key, text.substr(at + 1, end - at - 1), call);
      at = end;
    }
  }

  std::vector<Deed> deeds(const YamlNode& node, const Signature& call) {
    std::vector<Deed> found;
    if (!node.find("do"))
      diagnostics_.error(node.span, "'do:' is missing", "do: [{write: \"1\", to: /sys/…}]");
    each(node, "do", [&](const YamlNode& item) {
      const YamlMap map(item, diagnostics_);
      if (!map.only(
              {"write", "to", "if-there", "hold", "release", "set-bits", "at", "of", "kexec"}))
        return;
      found.push_back(deed(map, item, call));
    });
    return found;
  }

  Deed deed(const YamlMap& map, const YamlNode& item, const Signature& call) {
    Deed deed;
    if (map.has("write")) {
      deed.text = map.need("write", "\"0\"");
      deed.path = map.need("to", "/sys/bus/pci/rescan");
      deed.if_there = map.yes("if-there");
      if (!deed.text.empty() && !made_of(deed.text, "_.:{}-"))
        map.error(map.place("write"),
                  "a word that is written has letters, digits and _ . : - only");
      if (!deed.path.empty() &&
          (!deed.path.starts_with("/sys/") || !made_of(deed.path, "_./:{}-") ||
           deed.path.find("..") != std::string::npos))
        map.error(map.place("to"), "'to' is a file below /sys, of letters, digits and _ . / : -");
      places(map, "write", deed.text, call);
      places(map, "to", deed.path, call);
    } else if (map.has("set-bits")) {
      deed.kind = Deed::Kind::SetBits;
      deed.text = map.need("set-bits", "\"0x6\"");
      deed.at = map.need("at", "\"0x4\"");
      deed.of = map.need("of", "d");
      for (const char* key : {"set-bits", "at"})
        if (map.has(key) && !hexadecimal(map.text(key)))
          map.error(map.place(key), "a number in hexadecimal is expected", "\"0x4\"");
      parameter(map, "of", deed.of, call);
    } else if (map.has("hold") || map.has("release")) {
      const char* key = map.has("hold") ? "hold" : "release";
      deed.kind = map.has("hold") ? Deed::Kind::Hold : Deed::Kind::Release;
      deed.of = map.need(key, "d");
      parameter(map, key, deed.of, call);
    } else if (map.yes("kexec")) {
      deed.kind = Deed::Kind::Kexec;
    } else {
      map.error(item.span, "it says nothing that could be done",
                "write:, hold:, release:, set-bits: or kexec: yes");
    }
    return deed;
  }

  void start(const YamlNode& node, Forces& forces) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kStartKeys)) return;
    StartRule rule;
    rule.vfs = map.has("vfs");
    rule.about = map.text("about");
    if (rule.vfs) {
      rule.call = {"vfs", {map.need("vfs", "p"), map.need("number", "n")}, map.place("vfs")};
      for (const std::string& each : rule.call.parameters)
        if (!each.empty() && !identifier(each))
          map.error(map.place("vfs"), fmt::format("'{}' is no name", printable(each)));
    } else {
      rule.call = signature(map, "cell");
      rule.is = map.need("is", "\"true\"");
      if (!rule.call.name.empty() && rule.call.parameters.size() != 1)
        map.error(rule.call.span, "a cell of one function is expected", "cell: bus_master(d)");
    }
    for (const std::string& word : map.texts("kinds")) {
      const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                            [&](const auto& k) { return k.first == word; });
      if (kind == kKinds.end())
        map.error(map.place("kinds"), fmt::format("'{}' is no kind", printable(word)),
                  "port, pf, vf or other");
      else
        rule.kinds.push_back(kind->second);
    }
    rule.deeds = deeds(node, rule.call);
    forces.start.push_back(std::move(rule));
  }

  void action(const YamlNode& node, Forces& forces) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kActionKeys)) return;
    Action action;
    action.call = signature(map, "call");
    action.about = map.text("about");
    action.deeds = deeds(node, action.call);
    if (action.deeds.empty() && diagnostics_.ok())
      map.error(map.place("do"), "nothing is done", "do: [{write: \"1\", to: /sys/…}]");
    once(map, "call", action.call);
    forces.actions.push_back(std::move(action));
  }

  void ignored(const YamlNode& node, Forces& forces) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kIgnoredKeys)) return;
    forces.ignored.push_back({signature(map, "call"), map.need("because", "…")});
    once(map, "call", forces.ignored.back().call);
  }

  // A call that has two entries would mean either.
  void once(const YamlMap& map, std::string_view key, const Signature& call) {
    if (call.name.empty()) return;
    if (std::find(known_.begin(), known_.end(), call.name) != known_.end())
      map.error(map.place(key), fmt::format("'{}' has an entry already", call.name));
    known_.push_back(call.name);
  }

  void shown(const YamlNode& node, Forces& forces) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kShownKeys)) return;
    Shown shown;
    shown.step = signature(map, "step");
    if (map.has("event")) {
      const Signature event = signature(map, "event");
      shown.event = event.name;
      shown.args = event.parameters;
    } else {
      shown.line = map.need("line", "pci_device_remove");
      shown.of = map.need("of", "d");
      if (!shown.line.empty() && !identifier(shown.line))
        map.error(map.place("line"), "the name of a function of the kernel is expected");
      parameter(map, "of", shown.of, shown.step);
    }
    forces.shows.push_back(std::move(shown));
  }

  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace

int Signature::parameter(const std::string& of) const {
  const auto found = std::find(parameters.begin(), parameters.end(), of);
  return found == parameters.end() ? -1 : static_cast<int>(found - parameters.begin());
}

std::map<std::string, std::vector<std::string>> forces_keys() {
  return {{"", kFileKeys},       {"start", kStartKeys},     {"action", kActionKeys},
          {"shown", kShownKeys}, {"ignored", kIgnoredKeys}, {"deed", kDeedKeys}};
}

std::optional<Forces> read_forces(const model::SourcePtr& source, Diagnostics& diagnostics) {
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return std::nullopt;
  Forces forces;
  const int errors = diagnostics.errors();
  Reader(diagnostics).read(*tree, forces);
  if (diagnostics.errors() != errors) return std::nullopt;
  return forces;
}

}  // namespace luproof::report
