// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/yaml_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::model {

bool YamlMap::only(const std::vector<std::string>& keys) const {
  if (!node_.is_map()) {
    error(node_.span, "a map is expected here", fmt::format("{{{}: …}}", keys.front()));
    return false;
  }
  bool known = true;
  for (const YamlEntry& entry : node_.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key.text) != keys.end()) continue;
    known = false;
    std::string hint = did_you_mean(entry.key.text, keys);
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(keys, ", "));
    error(entry.key.span, fmt::format("unknown key '{}'", printable(entry.key.text)),
          std::move(hint));
  }
  return known;
}

std::string YamlMap::text(std::string_view key) const {
  const YamlEntry* const entry = node_.find(key);
  if (entry == nullptr) return {};
  if (!entry->value.is_scalar()) error(entry->value.span, fmt::format("'{}' is a text", key));
  return entry->value.text;
}

std::string YamlMap::need(std::string_view key, std::string_view example) const {
  const int errors = diagnostics_.errors();
  std::string found = text(key);
  if (found.empty() && diagnostics_.errors() == errors)
    error(place(key), fmt::format("'{}:' is missing", key), fmt::format("{}: {}", key, example));
  return found;
}

bool YamlMap::yes(std::string_view key) const {
  const std::string word = text(key);
  const bool is_yes = word == "yes" || word == "true";
  if (!word.empty() && !is_yes && word != "no" && word != "false")
    error(place(key), fmt::format("'{}' is yes or no", key));
  return is_yes;
}

std::vector<std::string> YamlMap::texts(std::string_view key) const {
  const YamlEntry* const entry = node_.find(key);
  if (entry == nullptr) return {};
  const YamlNode& value = entry->value;
  if (value.is_scalar()) return {value.text};
  if (value.is_map()) error(value.span, fmt::format("'{}' is a text or a list of them", key));
  std::vector<std::string> found;
  for (const YamlNode& item : value.items) {
    if (!item.is_scalar()) error(item.span, "a text is expected here");
    found.push_back(item.text);
  }
  return found;
}

const Span& YamlMap::place(std::string_view key) const {
  const YamlEntry* const entry = node_.find(key);
  return entry == nullptr ? node_.span : entry->value.span;
}

}  // namespace luproof::model
