// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "report/facts.h"
#include "report/json_text.h"

namespace luproof::report {
namespace {

using model::printable;
using model::Rule;

constexpr std::size_t kStatement = 200;  // characters of a declaration that stands for a sentence

std::string file_field(const model::Document& document, std::string_view key) {
  const model::YamlEntry* found = document.root.find(key);
  return found ? found->value.text : "";
}

Pack pack_of(const model::Document& document) {
  Pack pack;
  pack.name = document.name;
  pack.path = document.path;
  pack.about = file_field(document, "about");
  pack.status = file_field(document, "status");
  pack.versions = file_field(document, "versions");
  if (const model::YamlEntry* cite = document.root.find("cite")) {
    if (cite->value.is_scalar()) pack.cite.push_back(cite->value.text);
    for (const model::YamlNode& item : cite->value.items) pack.cite.push_back(item.text);
  }
  for (Rule& rule : model::rules_of(document))
    if (rule.rule) pack.rules.push_back(std::move(rule));
  return pack;
}

// The sentence of a rule; one that has none shows what is declared.
std::string statement(const Rule& rule) {
  if (!rule.about.empty()) return rule.about;
  return model::shortened(rule.text, kStatement);
}

// In a table a bar ends a cell, and the language is full of them.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string prose(const std::string& text) {
  std::string escaped;
  for (const char c : cell(text)) {
    if (c == '<' || c == '*' || c == '`') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(const std::string& text) {
  std::string plain = cell(text);
  std::replace(plain.begin(), plain.end(), '`', '\'');
  return plain.empty() ? "" : "`" + plain + "`";
}

std::string heads(const Pack& pack) {
  std::string text = "Source: " + (pack.cite.empty() ? "none" : joined(pack.cite)) + ".";
  if (!pack.versions.empty()) text += " Kernels: " + pack.versions + ".";
  if (!pack.status.empty()) text += " Status: " + pack.status + ".";
  return text;
}

}  // namespace

std::vector<Pack> catalogue(const std::vector<std::string>& files,
                            const model::LoadOptions& options, model::Diagnostics& diagnostics) {
  std::map<std::string, Pack> packs;  // by name; a name is one file's in any composition
  std::map<std::string, std::set<std::string>> users;
  for (const std::string& file : files) {
    const auto composition = model::compose(file, options, diagnostics);
    if (!composition) continue;
    const model::Document& main = *composition->documents.back();
    for (const auto& document : composition->documents) {
      if (document->kind != "rules") continue;
      if (!packs.count(document->name)) packs.emplace(document->name, pack_of(*document));
      if (main.kind != "rules") users[document->name].insert(main.name);
    }
  }
  if (!diagnostics.ok()) return {};
  if (packs.empty())
    diagnostics.error({}, "there is no pack of rules in what was named",
                      "a pack begins with 'rules: NAME'");
  std::vector<Pack> sorted;
  for (auto& [name, pack] : packs) {
    pack.used_by.assign(users[name].begin(), users[name].end());
    sorted.push_back(std::move(pack));
  }
  return sorted;
}

std::string catalogue_text(const std::vector<Pack>& packs) {
  std::string text;
  for (const Pack& pack : packs) {
    text += printable(fmt::format("{} ({})", pack.name, pack.path)) + "\n";
    if (!pack.about.empty()) text += "  " + printable(pack.about) + "\n";
    text += "  " + printable(heads(pack)) + "\n";
    text += "  " +
            printable("Used by: " + (pack.used_by.empty() ? "nothing" : joined(pack.used_by))) +
            "\n";
    for (const Rule& rule : pack.rules) {
      text += printable(fmt::format("  {} {}", rule.kind, rule.id)) + "\n";
      text += "    " + printable(statement(rule)) + "\n";
      std::string more = fmt::format("{}:{} [{}]", pack.path, rule.span.line, joined(rule.cite));
      if (!rule.versions.empty()) more += ", kernels " + rule.versions;
      if (!rule.status.empty()) more += ", " + rule.status;
      text += "    " + printable(more) + "\n";
    }
  }
  return text;
}

std::string catalogue_json(const std::vector<Pack>& packs) {
  using nlohmann::ordered_json;
  ordered_json rules = ordered_json::array(), files = ordered_json::array();
  for (const Pack& pack : packs) {
    files.push_back({{"name", pack.name},
                     {"about", pack.about},
                     {"file", pack.path},
                     {"cite", pack.cite},
                     {"status", pack.status},
                     {"versions", pack.versions},
                     {"used_by", pack.used_by}});
    for (const Rule& rule : pack.rules)
      rules.push_back({{"id", rule.id},
                       {"kind", rule.kind},
                       {"pack", pack.name},
                       {"signature", rule.signature},
                       {"about", rule.about},
                       {"text", rule.text},
                       {"versions", rule.versions},
                       {"cite", rule.cite},
                       {"status", rule.status},
                       {"file", pack.path},
                       {"line", rule.span.line},
                       {"used_by", pack.used_by}});
  }
  const ordered_json out = {{"command", "rules"}, {"packs", files}, {"rules", rules}};
  return json_text(out);
}

std::string catalogue_markdown(const std::vector<Pack>& packs) {
  std::size_t rules = 0;
  for (const Pack& pack : packs) rules += pack.rules.size();
  std::string text =
      "<!-- Generated by scripts/rules; a change here is lost. -->\n"
      "# The rules\n\n"
      "This page is `luproof rules specs --format markdown`; `scripts/rules` writes it anew. How "
      "to "
      "add a rule is\ntold in [`add-a-rule.md`](add-a-rule.md). Sources are names in "
      "`specs/sources.yaml`; a rule without a sentence\nshows what it declares. Nothing under "
      "kernels: not said. Nothing under status: certain.\n\n";
  text += fmt::format("{} in {}.\n", counted(rules, "rule"), counted(packs.size(), "pack"));
  for (const Pack& pack : packs) {
    text += "\n## " + prose(pack.name) + "\n\n";
    if (!pack.about.empty()) text += prose(pack.about) + ".\n";
    text += prose(heads(pack)) + "\n";
    text += "Used by: " + (pack.used_by.empty() ? "nothing" : prose(joined(pack.used_by))) + ".\n";
    if (pack.rules.empty()) continue;
    text +=
        "\n| rule | kind | what it says | kernels | source | status |\n|---|---|---|---|---|---|\n";
    for (const Rule& rule : pack.rules)
      text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", code(rule.id), rule.kind,
                          rule.about.empty() ? code(statement(rule)) : prose(rule.about),
                          prose(rule.versions), prose(joined(rule.cite)), rule.status);
  }
  return text;
}

}  // namespace luproof::report
