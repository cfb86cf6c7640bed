// SPDX-License-Identifier: GPL-2.0-or-later
// YAML as a tree of text with places, read by events and not by yaml-cpp's nodes.
//
// yaml-cpp's node interface turns `x: !s.retrieved && y` into `y` without a word. Specs are
// expressions, so everything of YAML that can eat half of one is refused here: tags, anchors,
// aliases, nulls, duplicate keys, several documents, and plain scalars with unbalanced brackets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::model {

enum class ScalarStyle { Plain, Quoted, Literal, Folded };

struct YamlEntry;

struct YamlNode {
  enum class Kind { Scalar, Map, Sequence };
  Kind kind = Kind::Scalar;
  Span span;
  ScalarStyle style = ScalarStyle::Plain;
  bool several_lines = false;  // plain, quoted or folded over several lines, or quoted with
                               // escapes: the text has no exact columns
  std::string text;  // of a scalar
  std::vector<YamlEntry> entries;
  std::vector<YamlNode> items;

  bool is_scalar() const { return kind == Kind::Scalar; }
  bool is_map() const { return kind == Kind::Map; }
  bool is_sequence() const { return kind == Kind::Sequence; }
  const YamlEntry* find(std::string_view key) const;
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

// nullopt after an error. At most 64 levels deep and 200,000 nodes.
std::optional<YamlNode> read_yaml(const SourcePtr& source, Diagnostics& diagnostics);

}  // namespace luproof::model
