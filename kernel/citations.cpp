// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/citations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "kernel/tree.h"

namespace luproof::kernel {
namespace {

using model::Rule;

// Files are reached by several spellings of their path.
std::string normal(const std::string& path) {
  std::error_code none;
  const auto whole = std::filesystem::absolute(path, none);
  return none ? path : whole.lexically_normal().string();
}

bool of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Words of a sentence that a function could have for a name: those of plain English have no
// underscore.
std::set<std::string> names_in(const std::string& sentence) {
  std::set<std::string> names;
  for (std::size_t at = 0; at < sentence.size();) {
    std::size_t end = at;
    while (end < sentence.size() && of_word(sentence[end])) ++end;
    const std::string word = sentence.substr(at, end - at);
    if (word.find('_') != std::string::npos && !std::isdigit(static_cast<unsigned char>(word[0])))
      names.insert(word);
    at = std::max(end, at + 1);
  }
  return names;
}

bool symbol(const model::Document& document, const Rule& rule) {
  if (rule.section != "events" && rule.section != "procedures") return false;
  const model::YamlEntry* section = document.root.find(rule.section);
  if (!section) return false;
  for (const model::YamlEntry& entry : section->value.entries) {
    if (entry.key.span.line != rule.span.line) continue;
    const model::YamlEntry* says = entry.value.find("symbol");
    return !says || says->value.text == "yes" || says->value.text == "true";
  }
  return false;
}

class Collector {
 public:
  Collector(const std::string& kernel, model::Diagnostics& diagnostics)
      : kernel_(kernel), diagnostics_(diagnostics) {}

  void add(const model::Document& document) {
    const std::string path = normal(document.path);
    if (!seen_.insert(path).second) return;
    for (const Rule& rule : model::rules_of(document)) {
      if (!rule.rule) continue;
      std::set<std::string> placed;
      for (const auto& place : places_of(rule, diagnostics_)) {
        found.functions[place].push_back({Speaks::At, rule, path});
        placed.insert(place.second);
      }
      const bool cited = kernel_.empty() ||
                         std::find(rule.cite.begin(), rule.cite.end(), kernel_) != rule.cite.end();
      if (!cited) continue;
      const bool named = symbol(document, rule) && !placed.count(rule.name);
      if (named) found.functions[{"", rule.name}].push_back({Speaks::Name, rule, path});
      for (const std::string& word : names_in(rule.about))
        if (!placed.count(word) && word != rule.name)
          found.functions[{"", word}].push_back({Speaks::Sentence, rule, path});
    }
  }

  Citations found;

 private:
  const std::string& kernel_;
  model::Diagnostics& diagnostics_;
  std::set<std::string> seen_;
};

}  // namespace

const char* text_of(Speaks how) {
  return how == Speaks::At ? "at" : how == Speaks::Name ? "name" : "sentence";
}

std::pair<std::string, std::string> split_place(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) return {};
  std::string file = text.substr(0, colon), function = text.substr(colon + 1);
  const bool plain = !function.empty() && std::all_of(function.begin(), function.end(), of_word);
  if (!plain || !plain_path(file)) return {};
  return {std::move(file), std::move(function)};
}

std::vector<std::pair<std::string, std::string>> places_of(const Rule& rule,
                                                           model::Diagnostics& diagnostics) {
  std::vector<std::pair<std::string, std::string>> places;
  for (std::size_t at = 0; at < rule.at.size();) {
    const std::size_t end = std::min(rule.at.find(',', at), rule.at.size());
    while (at < end && rule.at[at] == ' ') ++at;
    const std::string part = rule.at.substr(at, end - at);
    if (auto place = split_place(part); !place.second.empty())
      places.push_back(std::move(place));
    else
      diagnostics.error(rule.span, fmt::format("'at: {}' names no function of a file", part),
                        "at: \"drivers/pci/iov.c:sriov_init\"");
    at = end + 1;
  }
  return places;
}

Citations citations_of(const std::vector<std::string>& files, const std::string& kernel,
                       const model::LoadOptions& options, model::Diagnostics& diagnostics) {
  Collector collector(kernel, diagnostics);
  for (const std::string& file : files) {
    const auto composition = model::compose(file, options, diagnostics);
    if (!composition) continue;
    const model::Document& main = *composition->documents.back();
    for (const auto& document : composition->documents) {
      collector.add(*document);
      if (main.kind != "rules") collector.found.users[normal(document->path)].insert(main.name);
    }
  }
  return std::move(collector.found);
}

}  // namespace luproof::kernel
