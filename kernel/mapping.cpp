// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/mapping.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::kernel {
namespace {

std::vector<Citation> citations_for(const ChangedFunction& f, const Citations& citations) {
  std::vector<Citation> by;
  for (const std::string& file : {f.file, std::string()})
    if (const auto at = citations.functions.find({file, f.name}); at != citations.functions.end())
      by.insert(by.end(), at->second.begin(), at->second.end());
  std::stable_sort(by.begin(), by.end(),
                   [](const Citation& a, const Citation& b) { return a.how < b.how; });
  return by;
}

// The patches that change a function, as "5, 7".
std::string patches_with(const std::vector<PatchChanges>& changes, const std::string& file,
                         const std::string& function) {
  std::string text;
  for (const PatchChanges& patch : changes)
    for (const ChangedFunction& f : patch.functions)
      if (f.name == function && f.file == file)
        text += fmt::format("{}{}", text.empty() ? "" : ", ", patch.number);
  return text;
}

// "" if the series bears the rule out.
std::string why_not(const model::Rule& rule, const std::vector<PatchChanges>& changes,
                    model::Diagnostics& diagnostics) {
  const auto numbered = std::find_if(changes.begin(), changes.end(), [&](const PatchChanges& p) {
    return std::to_string(p.number) == rule.patch;
  });
  if (!rule.patch.empty() && numbered == changes.end())
    return fmt::format("the series has no patch {}", rule.patch);
  for (const auto& [file, function] : places_of(rule, diagnostics)) {
    const std::string where = patches_with(changes, file, function);
    if (where.empty()) return fmt::format("no hunk changes {}:{}", file, function);
    if (rule.patch.empty()) continue;
    const bool here =
        std::any_of(numbered->functions.begin(), numbered->functions.end(),
                    [&](const ChangedFunction& f) { return f.name == function && f.file == file; });
    if (!here)
      return fmt::format("patch {} does not change {}:{}; {} does", rule.patch, file, function,
                         where);
  }
  return "";
}

}  // namespace

Mapping map_series(const std::string& title, const std::vector<PatchChanges>& changes,
                   const Citations& citations, const std::vector<model::Rule>& own,
                   const std::string& path, model::Diagnostics& diagnostics) {
  Mapping mapping;
  mapping.title = title;
  for (const PatchChanges& patch : changes) {
    MappedPatch& mapped = mapping.patches.emplace_back();
    mapped.number = patch.number;
    mapped.subject = patch.subject;
    mapped.elsewhere = patch.elsewhere;
    mapped.misfits = patch.misfits;
    for (const ChangedFunction& f : patch.functions)
      mapped.functions.push_back({f, citations_for(f, citations)});
  }
  for (const model::Rule& rule : own) {
    if (!rule.rule || (rule.patch.empty() && rule.at.empty())) continue;
    ++mapping.said;
    if (std::string why = why_not(rule, changes, diagnostics); !why.empty())
      mapping.unsupported.push_back({rule, path, std::move(why)});
  }
  return mapping;
}

}  // namespace luproof::kernel
