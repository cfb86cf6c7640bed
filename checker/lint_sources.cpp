// SPDX-License-Identifier: GPL-2.0-or-later
// Who says so: every rule has a source, every source that is cited is listed, and every one that is
// listed is cited.
#include <fmt/format.h>

#include <algorithm>

#include "checker/lint.h"
#include "model/schema.h"
#include "model/yaml_tree.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMaximumBytes = 4u << 20;

struct Citation {
  std::string name;
  model::Span span;
};

// `cite:` anywhere in a file, be it of the file, a rule, an override or a variant.
void citations(const model::YamlNode& node, std::vector<Citation>& found) {
  for (const model::YamlEntry& entry : node.entries) {
    if (entry.key.text == "cite")
      for (const model::YamlNode* item : model::items_of(entry.value))
        found.push_back({item->text, item->span});
    citations(entry.value, found);
  }
  for (const model::YamlNode& item : node.items) citations(item, found);
}

std::optional<model::YamlNode> tree(const std::string& path, model::Diagnostics& diagnostics) {
  const auto source = model::read_source(path, kMaximumBytes, diagnostics);
  return source ? model::read_yaml(source, diagnostics) : std::nullopt;
}

}  // namespace

std::vector<LintFinding> lint_sources(const std::vector<std::string>& files,
                                      const std::string& sources, bool whole,
                                      const std::vector<std::string>& more,
                                      const model::LoadOptions& load,
                                      model::Diagnostics& diagnostics) {
  std::vector<LintFinding> findings;
  std::vector<Citation> cited;
  for (const std::string& path : files) {
    const auto composition = model::compose(path, load, diagnostics);
    if (!composition) continue;
    const model::Document& file = *composition->documents.back();
    citations(file.root, cited);
    for (const model::Rule& rule : model::rules_of(file))
      if (rule.rule && rule.cite.empty())
        findings.push_back({"no-source", rule.span,
                            fmt::format("nobody says so: '{}' cites no source", rule.signature),
                            "add 'cite:' to it or to the file"});
  }
  if (sources.empty()) return findings;
  const auto listed = tree(sources, diagnostics);
  if (!listed) return findings;
  std::vector<std::string> names;
  for (const model::YamlEntry& entry : listed->entries) names.push_back(entry.key.text);
  for (const Citation& c : cited)
    if (std::find(names.begin(), names.end(), c.name) == names.end())
      findings.push_back({"unknown-source", c.span,
                          fmt::format("'{}' is not in {}", c.name, sources),
                          model::did_you_mean(c.name, names)});
  if (!whole) return findings;
  for (const std::string& path : more)
    if (const auto root = tree(path, diagnostics)) citations(*root, cited);
  for (const model::YamlEntry& entry : listed->entries)
    if (std::none_of(cited.begin(), cited.end(),
                     [&](const Citation& c) { return c.name == entry.key.text; }))
      findings.push_back({"unused-source", entry.key.span,
                          fmt::format("nothing cites '{}'", entry.key.text),
                          "cite it where a rule rests on it, or take it away"});
  return findings;
}

}  // namespace luproof::checker
