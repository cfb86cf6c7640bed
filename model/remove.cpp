// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/remove.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/rule_list.h"

namespace luproof::model {
namespace {

YamlNode text_at(const YamlNode& place, std::string text) {
  YamlNode node;
  node.span = place.span;
  node.text = std::move(text);
  return node;
}

// The value of a key, or of a declaration that is one text.
void set(Declared& d, const std::string& key, std::string text) {
  if (!d.value.is_map()) {
    d.value = text_at(d.value, std::move(text));
    return;
  }
  for (YamlEntry& entry : d.value.entries)
    if (entry.key.text == key) {
      entry.value = text_at(entry.value, std::move(text));
      return;
    }
  d.value.entries.push_back({text_at(d.key, key), text_at(d.key, std::move(text))});
}

// What a procedure returns if it does nothing.
std::string nothing(const Composition& composition, const std::string& type) {
  if (type.empty()) return "pass";
  if (type == "errno" || type == "int") return "return 0";
  if (type == "bool") return "return false";
  for (const char* section : {"kinds", "choices"})
    if (const Declared* kind = composition.find(section, type)) {
      const YamlEntry* of = kind->value.find("of");
      const auto& names = of ? of->value.items : kind->value.items;
      if (!names.empty()) return "return " + names[0].text;
    }
  return "return none";
}

void remove(Composition& composition, Declared& d, bool instead, Diagnostics& diagnostics) {
  d.removed = instead;
  d.extensions.clear();
  if (d.section == "events") {
    set(d, "do", "pass");
  } else if (d.section == "procedures") {
    set(d, "code", nothing(composition, parse_signature(d.key, diagnostics).result));
    std::erase_if(composition.edits, [&](const LabelEdit& e) { return e.procedure == d.name; });
  } else if (d.section == "claims") {
    set(d, "from", "false");
    std::erase_if(d.value.entries, [](const YamlEntry& e) { return e.key.text == "until"; });
  }
}

}  // namespace

void remove_rules(Composition& composition, const std::map<std::string, bool>& without,
                  Diagnostics& diagnostics) {
  if (without.empty()) return;
  std::map<std::string, std::string> sections;  // by id, of all rules there are
  for (const auto& document : composition.documents)
    for (const Rule& rule : rules_of(*document))
      if (rule.rule) sections[rule.id] = rule.section;
  std::vector<std::string> known;
  for (const auto& [id, section] : sections) known.push_back(id);
  for (const auto& [id, instead] : without) {
    const auto section = sections.find(id);
    if (section == sections.end())
      diagnostics.error({}, fmt::format("no rule is called '{}'", printable(id)),
                        did_you_mean(id, known));
    else if (section->second == "properties")
      diagnostics.error({}, fmt::format("'{}' is a property, which is only asked", id),
                        "rules can be taken away; --property asks for some properties only");
  }
  for (Declared& d : composition.declared) {
    const std::string id = d.origin.pack + "." + d.name;
    const auto section = sections.find(id);
    const auto found = without.find(id);
    if (found == without.end() || section == sections.end() || section->second != d.section)
      continue;
    composition.without.insert(id);
    remove(composition, d, found->second, diagnostics);
  }
}

}  // namespace luproof::model
