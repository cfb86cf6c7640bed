// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/yaml_text.h"

#include <utility>

namespace luproof::model {
namespace {

std::string quoted(const std::string& text) {
  constexpr std::string_view kSpecial = ":#[]{}\"'|>&*!%@`,?";
  const bool plain = !text.empty() && text.find_first_of(kSpecial) == std::string::npos &&
                     text.front() != '-' && text.front() != ' ' && text.back() != ' ' &&
                     text != "null" && text != "~";
  if (plain) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string block(const std::string& text, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string out = " |\n";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += end > at ? margin + text.substr(at, end - at) + "\n" : "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

YamlNode scalar(std::string text) {
  YamlNode node;
  node.text = std::move(text);
  return node;
}

YamlEntry entry(std::string key, YamlNode value) {
  return {scalar(std::move(key)), std::move(value)};
}

std::string yaml_text(const std::vector<YamlEntry>& entries, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string out;
  for (const YamlEntry& e : entries) {
    out += margin + quoted(e.key.text) + ":";
    switch (e.value.kind) {
      case YamlNode::Kind::Scalar:
        out += e.value.text.find('\n') == std::string::npos ? " " + quoted(e.value.text) + "\n"
                                                            : block(e.value.text, indent + 2);
        break;
      case YamlNode::Kind::Map:
        out += e.value.entries.empty() ? " {}\n" : "\n" + yaml_text(e.value.entries, indent + 2);
        break;
      case YamlNode::Kind::Sequence: {
        std::string items;
        for (const YamlNode& item : e.value.items)
          items += (items.empty() ? "" : ", ") + quoted(item.text);
        out += " [" + items + "]\n";
        break;
      }
    }
  }
  return out;
}

}  // namespace luproof::model
