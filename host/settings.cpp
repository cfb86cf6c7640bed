// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/settings.h"

#include <fmt/format.h>

#include <array>

namespace luproof::host {

using model::printable;
using model::YamlEntry;
using model::YamlMap;
using model::YamlNode;

namespace {

constexpr std::array<std::pair<std::string_view, Setting::Of>, 4> kOf = {
    {{"kept", Setting::Of::Kept},
     {"pf", Setting::Of::Pf},
     {"port", Setting::Of::Port},
     {"function", Setting::Of::Function}}};
// specs/preflight.schema.json lists them too.
const std::vector<std::string> kFileKeys = {"design", "keep", "cells", "settings"};
const std::vector<std::string> kKeepKeys = {"driver"};
const std::vector<std::string> kCellsKeys = {"kept", "others"};
const std::vector<std::string> kSettingKeys = {"about", "read",   "config", "uses",
                                               "cases", "unread", "cite"};
const std::vector<std::string> kReadKeys = {"parameter", "option", "file", "key",
                                            "attribute", "value",  "of"};
const std::vector<std::string> kCaseKeys = {"is", "set", "problem", "note", "assume", "cite"};

class Reader {
 public:
  explicit Reader(model::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Settings read(const YamlNode& root) {
    const YamlMap map(root, diagnostics_);
    if (!map.only(kFileKeys)) return {};
    Settings settings;
    settings.design = map.need("design", "host-stock-7.3");
    if (const YamlNode* keep = node(root, "keep")) {
      const YamlMap driver(*keep, diagnostics_);
      if (driver.only(kKeepKeys)) settings.keep_driver = driver.need("driver", "vfio-pci");
    }
    if (const YamlNode* both = node(root, "cells"))
      if (YamlMap(*both, diagnostics_).only(kCellsKeys)) {
        settings.kept = cells(*both, "kept");
        settings.others = cells(*both, "others");
      }
    if (const YamlNode* all = node(root, "settings"))
      for (const YamlEntry& entry : all->entries) settings.all.push_back(setting(entry));
    if (diagnostics_.ok() && settings.all.empty())
      diagnostics_.error(root.span, "no setting is listed", "settings: {NAME: {read: …}}");
    return settings;
  }

 private:
  static const YamlNode* node(const YamlNode& of, std::string_view key) {
    const YamlEntry* const entry = of.find(key);
    return entry == nullptr ? nullptr : &entry->value;
  }

  Cells cells(const YamlNode& of, std::string_view key) {
    Cells all;
    const YamlNode* const found = node(of, key);
    if (found == nullptr) return all;
    if (!found->is_map())
      diagnostics_.error(found->span, fmt::format("'{}' is a map of cells", key), "{power: D3hot}");
    for (const YamlEntry& entry : found->entries) {
      if (!entry.value.is_scalar())
        diagnostics_.error(entry.value.span, "the value of a cell is a text", "{power: D3hot}");
      all[entry.key.text] = entry.value.text;
    }
    return all;
  }

  Setting setting(const YamlEntry& entry) {
    Setting s;
    s.name = entry.key.text;
    s.span = entry.key.span;
    const YamlMap map(entry.value, diagnostics_);
    if (!map.only(kSettingKeys)) return s;
    s.about = map.need("about", "what it is");
    s.config = map.text("config");
    s.uses = map.text("uses");
    s.unread = map.text("unread");
    s.cite = map.texts("cite");
    if (s.cite.empty())
      diagnostics_.error(entry.key.span, fmt::format("'{}' has no source", printable(s.name)),
                         "cite: linux-7.3.4");
    if (const YamlNode* what = node(entry.value, "read"))
      from(*what, s);
    else
      diagnostics_.error(entry.value.span, "'read:' is missing", "read: {file: sys/kernel/…}");
    if (const YamlNode* all = node(entry.value, "cases"))
      for (const YamlNode& item : all->items) s.cases.push_back(one_case(item));
    if (!s.config.empty() && s.from != Setting::From::Option)
      diagnostics_.error(map.place("config"), "a constant of a design comes from an option",
                         "read: {parameter: pci, option: noari}");
    return s;
  }

  void from(const YamlNode& what, Setting& s) {
    const YamlMap map(what, diagnostics_);
    if (!map.only(kReadKeys)) return;
    static constexpr std::array<std::pair<std::string_view, Setting::From>, 4> kFrom = {
        {{"parameter", Setting::From::Option},
         {"file", Setting::From::File},
         {"attribute", Setting::From::Attribute},
         {"value", Setting::From::Value}}};
    int named = 0;
    for (const auto& [key, kind] : kFrom)
      if (map.has(key)) ++named, s.from = kind, s.what = map.need(key, "NAME");
    if (named != 1)
      diagnostics_.error(what.span, "a setting is read in one way",
                         "one of parameter, file, attribute and value");
    s.options = map.texts("option");
    s.key = map.text("key");
    const bool of_function = s.from == Setting::From::Attribute || s.from == Setting::From::Value;
    if (s.from == Setting::From::Option && s.options.empty())
      diagnostics_.error(what.span, "'option:' is missing", "{parameter: pci, option: noari}");
    const std::string of = map.text("of");
    for (const auto& [word, kind] : kOf)
      if (word == of) s.of = kind;
    if (of_function != (s.of != Setting::Of::None) || (of.empty() == of_function))
      diagnostics_.error(map.place("of"), "'of:' says whose attribute or value it is",
                         "of: kept, pf, port or function");
    if (s.what.find("..") != std::string::npos ||
        (s.from == Setting::From::Attribute && s.what.find('/') != std::string::npos))
      diagnostics_.error(what.span, "this path leaves its folder");
  }

  Case one_case(const YamlNode& item) {
    Case c;
    const YamlMap map(item, diagnostics_);
    if (!map.only(kCaseKeys)) return c;
    c.is = map.texts("is");
    c.set = cells(item, "set");
    c.problem = map.text("problem");
    c.note = map.text("note");
    c.assume = map.text("assume");
    c.cite = map.texts("cite");
    return c;
  }

  model::Diagnostics& diagnostics_;
};

}  // namespace

std::map<std::string, std::vector<std::string>> settings_keys() {
  return {{"", kFileKeys},           {"keep", kKeepKeys}, {"cells", kCellsKeys},
          {"setting", kSettingKeys}, {"read", kReadKeys}, {"case", kCaseKeys}};
}

std::optional<Settings> read_settings(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return std::nullopt;
  Settings settings = Reader(diagnostics).read(*tree);
  if (diagnostics.errors() != errors) return std::nullopt;
  return settings;
}

}  // namespace luproof::host
