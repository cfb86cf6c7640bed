// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rule_list.h"

#include <algorithm>
#include <array>

#include "model/schema.h"

namespace luproof::model {
namespace {

struct KindRow {
  std::string_view section, kind;
  bool rule;
};
// Sections whose entries have a name each.
constexpr auto kKinds = std::to_array<KindRow>({{"entities", "sort", false},
                                                {"members", "members", false},
                                                {"kinds", "enumeration", false},
                                                {"locks", "lock", false},
                                                {"choices", "choice", false},
                                                {"config", "configuration", false},
                                                {"define", "definition", true},
                                                {"environment", "environment act", true},
                                                {"events", "event", true},
                                                {"procedures", "procedure", true},
                                                {"actors", "actor", false},
                                                {"claims", "claim", true},
                                                {"properties", "property", true},
                                                {"extend", "extension", true},
                                                {"override", "override", true},
                                                {"assume", "assumption", false},
                                                {"choose", "choice fixed", false},
                                                {"promise", "promise", false}});
// Sections that are one thing.
constexpr auto kWhole =
    std::to_array<KindRow>({{"topology", "topology", false}, {"updates", "live updates", false}});

// Keys that say something about a rule and nothing in it.
constexpr auto kMetadata = std::to_array<std::string_view>(
    {"about", "because", "cite", "status", "versions", "patch", "at"});

bool is_metadata(std::string_view section, std::string_view key) {
  if (section == "properties" && key == "at") return false;  // there it is the moment
  return std::find(kMetadata.begin(), kMetadata.end(), key) != kMetadata.end();
}

// Lines of code become "a; b", other white space one blank.
std::string one_line(const std::string& text) {
  std::string line;
  bool blank = false, fresh = false;
  for (const char c : text) {
    if (c == '\n') fresh = true;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      blank = true;
      continue;
    }
    const bool opens = !line.empty() && (line.back() == ':' || line.back() == '(');
    if (!line.empty() && blank) line += fresh && !opens ? "; " : " ";
    blank = fresh = false;
    line += c;
  }
  return line;
}

std::string text_of(const YamlNode& node) {
  if (node.is_scalar()) return one_line(node.text);
  std::string text;
  for (const YamlNode& item : node.items) text += (text.empty() ? "" : ", ") + text_of(item);
  for (const YamlEntry& entry : node.entries)
    text += (text.empty() ? "" : ", ") + entry.key.text + ": " + text_of(entry.value);
  return node.is_sequence() ? "[" + text + "]" : "{" + text + "}";
}

// "expr: e" of a definition is e, whichever way it is written.
std::string declaration_text(std::string_view section, const YamlNode& value) {
  if (!value.is_map()) return text_of(value);
  std::vector<const YamlEntry*> says;
  for (const YamlEntry& entry : value.entries)
    if (!is_metadata(section, entry.key.text)) says.push_back(&entry);
  if (says.size() == 1)
    for (const std::string_view plain : {"expr", "do", "code"})
      if (says[0]->key.text == plain) return text_of(says[0]->value);
  std::string text;
  for (const YamlEntry* entry : says)
    text += (text.empty() ? "" : ", ") + entry->key.text + ": " + text_of(entry->value);
  return text;
}

std::string field(const YamlNode& node, std::string_view key) {
  const YamlEntry* found = node.find(key);
  return found && found->value.is_scalar() ? one_line(found->value.text) : "";
}

class Lister {
 public:
  explicit Lister(const Document& document) : document_(document) {}

  std::vector<Rule> run() {
    part(document_.root, "");
    if (const YamlEntry* state = document_.root.find("state"))
      for (const YamlEntry& life : state->value.entries)
        for (const YamlEntry& item : life.value.entries) {
          Rule& r = add({"state", "cell", false}, item.key, item.value, "");
          r.text = life.key.text + ", " + r.text;
        }
    if (const YamlEntry* variants = document_.root.find("variants"))
      for (const YamlEntry& variant : variants->value.entries)
        part(variant.value, variant.key.text);
    return std::move(rules_);
  }

 private:
  void part(const YamlNode& node, const std::string& variant) {
    for (const YamlEntry& entry : node.entries) {
      for (const KindRow& row : kKinds)
        if (row.section == entry.key.text)
          for (const YamlEntry& item : entry.value.entries) add(row, item.key, item.value, variant);
      for (const KindRow& row : kWhole)
        if (row.section == entry.key.text) add(row, entry.key, entry.value, variant);
      if (entry.key.text == "allow")
        for (const YamlNode* item : items_of(entry.value))
          add({"allow", "act allowed", false}, *item, *item, variant).text.clear();
    }
  }

  Rule& add(const KindRow& row, const YamlNode& key, const YamlNode& value,
            const std::string& variant) {
    Rule r;
    r.kind = row.kind;
    r.section = row.section;
    r.rule = row.rule;
    r.pack = document_.name;
    r.variant = variant;
    r.signature = one_line(key.text);
    const bool has_signature = row.section != "override";
    r.name = has_signature ? r.signature.substr(0, r.signature.find('(')) : r.signature;
    if (row.section == "extend" || row.section == "override")
      r.id = r.pack + "." + r.section + "." + r.name;
    else
      r.id = r.pack + "." + r.name;
    const YamlNode& file = document_.root;
    for (const std::string_view said : {"about", "because"})
      if (r.about.empty()) r.about = field(value, said);
    r.text = declaration_text(row.section, value);
    const YamlEntry* cite = value.find("cite");
    if (!cite) cite = file.find("cite");
    if (cite) r.cite = texts_of(cite->value);
    r.status = field(value, "status");
    r.own_status = !r.status.empty();
    if (!r.own_status) r.status = field(file, "status");
    r.versions = field(value, "versions");
    if (r.versions.empty()) r.versions = field(file, "versions");
    r.patch = field(value, "patch");
    if (row.section != "properties") r.at = field(value, "at");
    r.span = key.span;
    rules_.push_back(std::move(r));
    return rules_.back();
  }

  const Document& document_;
  std::vector<Rule> rules_;
};

}  // namespace

std::vector<Rule> rules_of(const Document& document) { return Lister(document).run(); }

void RulePlaces::add(const Document& document) {
  auto& begins = begins_[document.path];
  auto ends_at = [&](const YamlNode& key) {
    begins.emplace(std::pair(key.span.line, key.span.column), -1);
  };
  for (const YamlEntry& entry : document.root.entries) {
    ends_at(entry.key);
    if (entry.key.text != "state" && entry.key.text != "variants") continue;
    for (const YamlEntry& inner : entry.value.entries) {
      ends_at(inner.key);
      if (entry.key.text == "variants")
        for (const YamlEntry& section : inner.value.entries) ends_at(section.key);
    }
  }
  for (Rule& r : rules_of(document)) {
    begins[{r.span.line, r.span.column}] = static_cast<int>(rules_.size());
    rules_.push_back(std::move(r));
  }
}

int RulePlaces::find(const Span& span) const {
  if (!span.source) return -1;
  const auto file = begins_.find(span.source->path);
  if (file == begins_.end()) return -1;
  auto at = file->second.upper_bound({span.line, span.column});
  return at == file->second.begin() ? -1 : std::prev(at)->second;
}

std::string shortened(const std::string& text, std::size_t most) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  std::size_t characters = 0, cut = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues(text[i])) continue;
    if (characters + 1 == most) cut = i;  // the last one may have to become "…"
    if (++characters > most) return text.substr(0, cut) + "…";
  }
  return text;
}

}  // namespace luproof::model
