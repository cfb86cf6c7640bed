// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace luproof::model {
namespace {

enum class Shape {
  Text,    // one text that is not empty
  Flag,    // yes, no, true, false
  Yes,     // yes or true: `drop: no` would read like its opposite
  Status,  // how certain it is
  Names,   // a text or a list of texts
  List,    // a list of texts
  Map,
  MapOrText,
  Any,  // looked at by whoever reads it: expressions, code
};

// A key of a map. "file" and "variant" are those maps, a section's name stands for each declaration
// in it, the others are maps further inside.
struct Row {
  std::string_view where, key;
  Shape shape;
};
constexpr auto kRows = std::to_array<Row>({
    {"file", "rules", Shape::Text},
    {"file", "design", Shape::Text},
    {"file", "case", Shape::Text},
    {"file", "question", Shape::Text},
    {"file", "use", Shape::Names},
    {"file", "topology", Shape::Map},
    {"file", "entities", Shape::Map},
    {"file", "members", Shape::Map},
    {"file", "kinds", Shape::Map},
    {"file", "state", Shape::Map},
    {"file", "locks", Shape::Map},
    {"file", "define", Shape::Map},
    {"file", "choices", Shape::Map},
    {"file", "config", Shape::Map},
    {"file", "environment", Shape::Map},
    {"file", "events", Shape::Map},
    {"file", "procedures", Shape::Map},
    {"file", "actors", Shape::Map},
    {"file", "claims", Shape::Map},
    {"file", "promise", Shape::Map},
    {"file", "properties", Shape::Map},
    {"file", "extend", Shape::Map},
    {"file", "override", Shape::Map},
    {"file", "allow", Shape::Names},
    {"file", "choose", Shape::Map},
    {"file", "assume", Shape::Map},
    {"file", "updates", Shape::Text},
    {"file", "variants", Shape::Map},
    {"file", "candidates", Shape::Map},
    {"file", "expect", Shape::Map},
    {"file", "expect-by", Shape::Map},
    {"file", "not-modelled", Shape::Names},
    {"file", "ask", Shape::Map},
    {"file", "matrix", Shape::Map},

    {"candidate", "override", Shape::Map},
    {"candidate", "extend", Shape::Map},
    {"candidate", "patch", Shape::Text},

    {"variant", "override", Shape::Map},
    {"variant", "extend", Shape::Map},
    {"variant", "allow", Shape::Names},
    {"variant", "choose", Shape::Map},
    {"variant", "promise", Shape::Map},
    {"variant", "config", Shape::Map},
    {"variant", "topology", Shape::Map},
    {"variant", "members", Shape::Map},
    {"variant", "assume", Shape::Map},
    {"variant", "updates", Shape::Text},
    {"variant", "expect", Shape::Map},
    {"variant", "expect-by", Shape::Map},

    {"entities", "pool", Shape::Text},
    {"entities", "members", Shape::List},
    {"entities", "open", Shape::Yes},
    {"kinds", "of", Shape::List},
    {"state", "type", Shape::Any},
    {"locks", "type", Shape::Text},
    {"define", "all", Shape::Any},
    {"define", "any", Shape::Any},
    {"define", "expr", Shape::Any},
    {"choices", "of", Shape::List},
    {"choices", "default", Shape::Text},
    {"config", "type", Shape::Any},
    {"config", "value", Shape::Any},
    {"config", "old", Shape::Any},
    {"config", "new", Shape::Any},
    {"environment", "at-most", Shape::Text},
    {"events", "do", Shape::Any},
    {"events", "when", Shape::Any},
    {"events", "by", Shape::Text},
    {"events", "act", Shape::Text},
    {"events", "symbol", Shape::Flag},
    {"procedures", "code", Shape::Any},
    {"procedures", "symbol", Shape::Flag},
    {"procedures", "hook", Shape::Flag},
    {"actors", "life", Shape::Text},
    {"actors", "in", Shape::Text},
    {"actors", "every", Shape::Text},
    {"actors", "tasks", Shape::Text},
    {"actors", "code", Shape::Any},
    {"actors", "calls", Shape::List},
    {"claims", "for", Shape::Any},
    {"claims", "level", Shape::Names},
    {"claims", "from", Shape::Any},
    {"claims", "until", Shape::Any},
    {"claims", "because", Shape::Text},
    {"properties", "never", Shape::Any},
    {"properties", "always", Shape::Any},
    {"properties", "step", Shape::Any},
    {"properties", "leads-to", Shape::Map},
    {"properties", "recoverable", Shape::Map},
    {"properties", "possible", Shape::Any},
    {"properties", "for", Shape::Any},
    {"properties", "at", Shape::Any},
    {"properties", "because", Shape::Text},

    {"ask", "variants", Shape::Names},
    {"ask", "criteria", Shape::Map},
    {"ask", "table", Shape::Map},
    {"criterion", "from", Shape::Map},
    {"criterion", "to", Shape::Map},
    {"criterion", "until", Shape::Any},
    {"criterion", "count", Shape::Names},
    {"criterion", "takes", Shape::Map},
    {"criterion", "unit", Shape::Text},
    {"criterion", "want", Shape::Text},
    {"matrix", "kernels", Shape::List},
    {"matrix", "expect", Shape::Map},
    {"moment", "event", Shape::Names},
    {"moment", "when", Shape::Any},

    {"leads-to", "from", Shape::Any},
    {"leads-to", "to", Shape::Any},
    {"recoverable", "from", Shape::Any},
    {"recoverable", "to", Shape::Any},
    {"recoverable", "by", Shape::Names},
    {"recoverable", "without", Shape::Names},
    {"assumption", "expr", Shape::Any},
    {"assumption", "because", Shape::Text},
    {"expectation", "verdict", Shape::Text},
    {"expectation", "violated-by", Shape::Names},
    {"expectation", "needs", Shape::Names},
    {"expectation", "steps", Shape::Text},
    {"expectation", "because", Shape::Text},
    {"replacement", "expr", Shape::Any},
    {"replacement", "code", Shape::Any},
    {"label", "before", Shape::Any},
    {"label", "after", Shape::Any},
    {"label", "replace", Shape::Any},
    {"label", "drop", Shape::Yes},
    {"definition case", "expr", Shape::Any},
    {"hook case", "when", Shape::Any},
    {"hook case", "code", Shape::Any},
});
// Keys that every map above may hold, but for those that are no declarations.
constexpr auto kCommon = std::to_array<Row>({{"", "about", Shape::Text},
                                             {"", "cite", Shape::Names},
                                             {"", "status", Shape::Status},
                                             {"", "versions", Shape::Text}});
constexpr auto kOfOverrides =
    std::to_array<Row>({{"", "patch", Shape::Text}, {"", "at", Shape::Text}});

constexpr std::array<std::string_view, 4> kStatuses = {"uncertain", "spec-knowledge", "derived",
                                                       "assumed"};

// What a declaration may be beside a map.
struct ShortForm {
  std::string_view section;
  Shape shape;
};
constexpr auto kShortForms = std::to_array<ShortForm>({{"kinds", Shape::List},
                                                       {"choices", Shape::List},
                                                       {"state", Shape::Text},
                                                       {"locks", Shape::Text},
                                                       {"define", Shape::Text},
                                                       {"events", Shape::Text},
                                                       {"procedures", Shape::Text}});
constexpr auto kSections = std::to_array<std::string_view>(
    {"entities", "kinds", "locks", "define", "choices", "config", "environment", "events",
     "procedures", "actors", "claims", "properties"});

// What a map may hold.
std::vector<Row> rows_of(std::string_view where) {
  std::vector<Row> rows;
  for (const Row& row : kRows)
    if (row.where == where) rows.push_back(row);
  if (where == "variant")
    rows.push_back(kCommon[0]);
  else if (where != "leads-to" && where != "recoverable" && where != "expectation" &&
           where != "moment")
    rows.insert(rows.end(), kCommon.begin(), kCommon.end());
  const bool replaced = where == "replacement" || where == "label" || where == "hook case" ||
                        where == "definition case" ||
                        std::find(kSections.begin(), kSections.end(), where) != kSections.end();
  if (replaced)
    for (const Row& row : kOfOverrides)
      if (where != "properties" || row.key != "at") rows.push_back(row);
  return rows;
}

class Checker {
 public:
  explicit Checker(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void file(const YamlNode& root) {
    const YamlNode& kind = root.entries[0].key;
    for (std::size_t i = 1; i < root.entries.size(); ++i)
      for (const std::string_view other : {"rules", "design", "case", "question"})
        if (root.entries[i].key.text == other)
          error(root.entries[i].key,
                fmt::format("a file is one thing, and this is a {} already", kind.text),
                "one of 'rules:', 'design:', 'case:' and 'question:'");
    map(root, "file");
    for (const std::string_view section : kSections)
      for (const YamlEntry& item : within(root, section)) declaration(section, item.value);
    for (const YamlEntry& life : within(root, "state"))
      if (shape(life, Shape::Map))
        for (const YamlEntry& item : life.value.entries) declaration("state", item.value);
    parts(root);
    if (const YamlEntry* found = root.find("ask")) ask(found->value);
    if (const YamlEntry* found = root.find("matrix")) matrix(found->value);
    for (const YamlEntry& candidate : within(root, "candidates")) {
      if (!shape(candidate, Shape::Map)) continue;
      map(candidate.value, "candidate");
      if (!candidate.value.find("override") && !candidate.value.find("extend"))
        error(candidate.key,
              fmt::format("the candidate '{}' changes nothing", printable(candidate.key.text)),
              "'override:' or 'extend:', as in a variant");
    }
    for (const YamlEntry& variant : within(root, "variants")) {
      if (!shape(variant, Shape::Map)) continue;
      map(variant.value, "variant");
      for (const YamlEntry& item : within(variant.value, "config"))
        declaration("config", item.value);
      parts(variant.value);
    }
  }

  void declaration(std::string_view section, const YamlNode& value) {
    if (value.is_map()) {
      map(value, section);
      if (section == "properties") {
        if (const YamlEntry* found = value.find("leads-to")) map(found->value, "leads-to");
        if (const YamlEntry* found = value.find("recoverable")) map(found->value, "recoverable");
      }
      return;
    }
    const auto form = std::find_if(kShortForms.begin(), kShortForms.end(),
                                   [&](const ShortForm& row) { return row.section == section; });
    if (form == kShortForms.end())
      error(value, fmt::format("what '{}:' declares is a map", section), "{key: value, …}");
    else if (form->shape == Shape::Text ? !value.is_scalar() : !value.is_sequence())
      error(value,
            fmt::format("what '{}:' declares is {} or a map", section,
                        form->shape == Shape::Text ? "one text" : "a list"),
            "");
    else if (form->shape == Shape::List)
      texts(value);
  }

  // Unknown keys, and values that are not what their keys hold.
  void map(const YamlNode& node, std::string_view where) {
    if (!node.is_map()) return;
    const std::vector<Row> rows = rows_of(where);
    for (const YamlEntry& entry : node.entries) {
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const Row& r) { return r.key == entry.key.text; });
      if (row != rows.end()) {
        shape(entry, row->shape);
        continue;
      }
      std::vector<std::string> known;
      for (const Row& r : rows) known.emplace_back(r.key);
      error(entry.key, fmt::format("unknown key '{}'", printable(entry.key.text)),
            did_you_mean(entry.key.text, known));
    }
  }

 private:
  void error(const YamlNode& node, std::string message, std::string hint) {
    diagnostics_.error(node.span, std::move(message), std::move(hint));
  }

  static const std::vector<YamlEntry>& within(const YamlNode& node, std::string_view key) {
    static const std::vector<YamlEntry> kNone;
    const YamlEntry* found = node.find(key);
    return found ? found->value.entries : kNone;
  }

  // What a file and a variant have in common.
  void parts(const YamlNode& node) {
    for (const YamlEntry& item : within(node, "choose")) shape(item, Shape::Text);
    for (const YamlEntry& item : within(node, "promise")) shape(item, Shape::Names);
    for (const YamlEntry& item : within(node, "assume")) map(item.value, "assumption");
    const YamlEntry* expect = node.find("expect");
    if (expect) expectations(expect->value);
    for (const YamlEntry& choice : within(node, "expect-by"))
      if (shape(choice, Shape::Map))
        for (const YamlEntry& alternative : choice.value.entries)
          if (shape(alternative, Shape::Map)) expectations(alternative.value);
  }

  void ask(const YamlNode& node) {
    map(node, "ask");
    for (const YamlEntry& criterion : within(node, "criteria")) {
      if (!shape(criterion, Shape::Map)) continue;
      map(criterion.value, "criterion");
      for (const char* moment : {"from", "to"})
        if (const YamlEntry* found = criterion.value.find(moment)) map(found->value, "moment");
    }
    for (const YamlEntry& row : within(node, "table"))
      if (shape(row, Shape::Map))
        if (const YamlEntry* worse = row.value.find("worse-than")) shape(*worse, Shape::Names);
  }

  void matrix(const YamlNode& node) {
    map(node, "matrix");
    for (const YamlEntry& pair : within(node, "expect"))
      if (shape(pair, Shape::Map)) expectations(pair.value);
  }

  void expectations(const YamlNode& node) {
    for (const YamlEntry& item : node.entries) {
      shape(item, Shape::MapOrText);
      map(item.value, "expectation");
    }
  }

  void texts(const YamlNode& list) {
    for (const YamlNode& item : list.items)
      if (!item.is_scalar() || item.text.empty())
        error(item, "a name is expected here", "text with brackets needs quotes");
  }

  bool one_of(const YamlEntry& entry, std::initializer_list<std::string_view> words,
              std::string_view what) {
    if (entry.value.is_scalar() &&
        std::find(words.begin(), words.end(), entry.value.text) != words.end())
      return true;
    error(entry.value, fmt::format("'{}:' is {}", printable(entry.key.text), what), "");
    return false;
  }

  bool shape(const YamlEntry& entry, Shape expected) {
    const YamlNode& value = entry.value;
    const bool text = value.is_scalar() && !value.text.empty();
    std::string_view what;
    switch (expected) {
      case Shape::Any:
        return true;
      case Shape::Flag:
        return one_of(entry, {"yes", "no", "true", "false"}, "'yes' or 'no'");
      case Shape::Yes:
        return one_of(entry, {"yes", "true"}, "'yes', or left out");
      case Shape::Status:
        return one_of(entry, {kStatuses[0], kStatuses[1], kStatuses[2], kStatuses[3]},
                      "'uncertain', 'spec-knowledge', 'derived' or 'assumed'");
      case Shape::Text:
        if (text) return true;
        what = "one text";
        break;
      case Shape::MapOrText:
        if (text || value.is_map()) return true;
        what = "one text or a map";
        break;
      case Shape::Map:
        if (value.is_map()) return true;
        what = "a map";
        break;
      case Shape::Names:
      case Shape::List:
        if (value.is_sequence()) {
          texts(value);
          return true;
        }
        if (text && expected == Shape::Names) return true;
        what = expected == Shape::Names ? "a text or a list of texts" : "a list";
        break;
    }
    error(value, fmt::format("'{}:' holds {}", printable(entry.key.text), what), "");
    return false;
  }

  Diagnostics& diagnostics_;
};

}  // namespace

void check_shape(const YamlNode& root, Diagnostics& diagnostics) {
  Checker(diagnostics).file(root);
}

void check_declaration(std::string_view section, const YamlNode& value, Diagnostics& diagnostics) {
  Checker(diagnostics).declaration(section, value);
}

void check_replacement(const YamlNode& value, Diagnostics& diagnostics) {
  Checker(diagnostics).map(value, "replacement");
}

void check_label_edit(const YamlNode& value, Diagnostics& diagnostics) {
  Checker(diagnostics).map(value, "label");
}

void check_extension(std::string_view section, const YamlNode& value, Diagnostics& diagnostics) {
  Checker(diagnostics).map(value, section == "define" ? "definition case" : "hook case");
}

std::vector<std::string> keys_of(std::string_view where) {
  std::vector<std::string> keys;
  for (const Row& row : rows_of(where)) keys.emplace_back(row.key);
  return keys;
}

int small_number(const YamlNode& node, int low, int high, Diagnostics& diagnostics) {
  const bool digits =
      node.is_scalar() && !node.text.empty() && node.text.size() <= 3 &&
      std::all_of(node.text.begin(), node.text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (const int n = digits ? std::stoi(node.text) : -1; n >= low && n <= high) return n;
  diagnostics.error(node.span, fmt::format("a number from {} to {} is expected", low, high));
  return low;
}

bool is_yes(const YamlNode& node) { return node.text == "yes" || node.text == "true"; }

std::vector<const YamlNode*> items_of(const YamlNode& node) {
  if (node.is_scalar()) return {&node};
  std::vector<const YamlNode*> items;
  for (const YamlNode& item : node.items) items.push_back(&item);
  return items;
}

std::vector<std::string> texts_of(const YamlNode& node) {
  std::vector<std::string> texts;
  for (const YamlNode* item : items_of(node)) texts.push_back(item->text);
  return texts;
}

}  // namespace luproof::model
