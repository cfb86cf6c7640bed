// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/limits.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "model/rule_list.h"
#include "report/grid.h"

namespace luproof::report {
namespace {

using model::Document;
using model::Rule;

// Sorted by name, so that the page changes only with what it says.
using Documents = std::map<std::pair<std::string, std::string>, std::shared_ptr<const Document>>;

std::string left_out(const Document& document) {
  const model::YamlEntry* entry = document.root.find("not-modelled");
  std::string out;
  if (entry && entry->value.is_scalar()) out += "- " + plain_markdown(entry->value.text) + "\n";
  for (const model::YamlNode& item : entry ? entry->value.items : std::vector<model::YamlNode>{})
    out += "- " + plain_markdown(item.text) + "\n";
  return out;
}

// Nobody vouches for these: their own status says so, or that of their file.
std::string in_doubt(const Document& document) {
  std::string out;
  for (const Rule& rule : model::rules_of(document))
    if (rule.rule && (rule.status == "uncertain" || rule.status == "assumed"))
      out += fmt::format(
          "| `{}` | {} | {} |\n", model::printable(rule.id), plain_markdown(rule.status),
          plain_markdown(rule.about.empty() ? model::shortened(rule.text, 100) : rule.about));
  return out;
}

}  // namespace

std::string limits_markdown(const std::vector<std::string>& files,
                            const model::LoadOptions& options, model::Diagnostics& diagnostics) {
  Documents documents;
  for (const std::string& file : files)
    if (const auto composition = model::compose(file, options, diagnostics))
      for (const auto& document : composition->documents)
        documents.emplace(std::pair(document->kind, document->name), document);
  if (!diagnostics.ok()) return "";
  std::string out, rows;
  for (const auto& [name, document] : documents) {
    const std::string text = left_out(*document);
    if (!text.empty()) out += fmt::format("\n{} `{}`:\n\n{}", name.first, name.second, text);
    rows += in_doubt(*document);
  }
  return "## What specs leave out\n" + out +
         "\n## Rules that are not certain\n\n| rule | status | what it says |\n|---|---|---|\n" +
         rows;
}

}  // namespace luproof::report
