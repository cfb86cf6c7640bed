// SPDX-License-Identifier: GPL-2.0-or-later
// The maps of small YAML files that are no specs: known keys, texts and lists of texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/yaml_tree.h"

namespace luproof::model {

class YamlMap {
 public:
  YamlMap(const YamlNode& node, Diagnostics& diagnostics)
      : node_(node), diagnostics_(diagnostics) {}

  // Errors: the node is no map, or has another key.
  bool only(const std::vector<std::string>& keys) const;

  bool has(std::string_view key) const { return node_.find(key) != nullptr; }
  // "" where the key is not there; an empty or missing text that is needed is an error.
  std::string text(std::string_view key) const;
  std::string need(std::string_view key, std::string_view example) const;
  bool yes(std::string_view key) const;
  // One text, or a list of them.
  std::vector<std::string> texts(std::string_view key) const;
  // Where the value stands; the map itself if the key is missing.
  const Span& place(std::string_view key) const;

  void error(const Span& at, std::string message, std::string hint = {}) const {
    diagnostics_.error(at, std::move(message), std::move(hint));
  }

 private:
  const YamlNode& node_;
  Diagnostics& diagnostics_;
};

}  // namespace luproof::model
