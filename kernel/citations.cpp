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

// The events and procedures of a file that are symbols of the kernel.
std::set<std::string> symbols_of(const model::Document& document) {
  std::set<std::string> symbols;
  for (const char* section : {"events", "procedures"})
    if (const model::YamlEntry* found = document.root.find(section))
      for (const model::YamlEntry& entry : found->value.entries) {
        const model::YamlEntry* says = entry.value.find("symbol");
        if (!says || says->value.text == "yes" || says->value.text == "true")
          symbols.insert(entry.key.text.substr(0, entry.key.text.find('(')));
      }
  return symbols;
}

// The event or the procedure that a rule declares, extends or changes; "" if it is none.
std::string subject_of(const Rule& rule) {
  if (rule.section == "events" || rule.section == "procedures" || rule.section == "extend")
    return rule.name;
  if (rule.section != "override") return "";
  const std::size_t dot = rule.name.find('.');
  const std::string_view section = std::string_view(rule.name).substr(0, dot);
  if (section != "events" && section != "procedures") return "";
  return rule.name.substr(dot + 1, rule.name.find_first_of(".@", dot + 1) - dot - 1);
}

class Collector {
 public:
  Collector(const std::string& kernel, model::Diagnostics& diagnostics)
      : kernel_(kernel), diagnostics_(diagnostics) {}

  // `symbols`: of the document and of those that it uses.
  void add(const model::Document& document, const std::set<std::string>& symbols) {
    const std::string path = normal(document.path);
    if (!seen_.insert(path).second) return;
    const bool pack = document.kind == "rules";
    for (const Rule& rule : model::rules_of(document)) {
      if (!rule.rule) continue;
      std::set<std::string> placed;
      for (const auto& place : places_of(rule, diagnostics_)) {
        found.functions[place].push_back({Speaks::At, rule, path, pack});
        placed.insert(place.second);
      }
      const bool cited = kernel_.empty() ||
                         std::find(rule.cite.begin(), rule.cite.end(), kernel_) != rule.cite.end();
      if (!cited) continue;
      const std::string subject = subject_of(rule);
      const bool named = symbols.count(subject) && !placed.count(subject);
      if (named) found.functions[{"", subject}].push_back({Speaks::Name, rule, path, pack});
      for (const std::string& word : names_in(rule.about))
        if (!placed.count(word) && word != subject)
          found.functions[{"", word}].push_back({Speaks::Sentence, rule, path, pack});
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

std::optional<Citations> citations_of(const std::vector<std::string>& files,
                                      const std::string& kernel, const model::LoadOptions& options,
                                      const std::function<bool()>& going,
                                      model::Diagnostics& diagnostics) {
  Collector collector(kernel, diagnostics);
  for (const std::string& file : files) {
    if (!going()) return std::nullopt;
    const auto composition = model::compose(file, options, diagnostics);
    if (!composition) continue;
    const model::Document& main = *composition->documents.back();
    std::set<std::string> symbols;
    for (const auto& document : composition->documents) symbols.merge(symbols_of(*document));
    for (const auto& document : composition->documents) {
      collector.add(*document, symbols);
      if (main.kind != "rules") collector.found.users[normal(document->path)].insert(main.name);
    }
  }
  return std::move(collector.found);
}

}  // namespace luproof::kernel
