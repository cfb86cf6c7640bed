// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

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

// A header's stub stands for other configurations; the function is in a *.c file of the series.
std::string stub_of(const ChangedFunction& f, const std::vector<PatchChanges>& changes) {
  if (!f.file.ends_with(".h") || f.macro) return "";
  for (const PatchChanges& patch : changes)
    for (const ChangedFunction& other : patch.functions)
      if (other.name == f.name && other.file.ends_with(".c")) return other.file;
  return "";
}

// A folder of specs may be named in two ways: as it is, and through a link.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return a == b || std::filesystem::equivalent(a, b, none);
}

// Rules that are about it, apart from those that `by` has and from others of its files. Two folders
// may have copies of one pack, so a rule is known by its name too.
std::vector<Citation> elsewhere(const ChangedFunction& f, const std::vector<Citation>& by,
                                const Citations& others) {
  std::vector<Citation> all = citations_for(f, others);
  std::erase_if(all, [&](const Citation& c) {
    return c.how == Speaks::Sentence ||
           std::any_of(by.begin(), by.end(), [&](const Citation& known) {
             return known.how != Speaks::Sentence &&
                    (same_file(known.path, c.path) || known.rule.id == c.rule.id);
           });
  });
  return all;
}

MappedFunction mapped(const ChangedFunction& f, const std::vector<PatchChanges>& changes,
                      const Citations& citations, const Citations& others) {
  MappedFunction mapped{f, citations_for(f, citations), {}, stub_of(f, changes)};
  if (!mapped.modelled() || mapped.as_it_was()) mapped.others = elsewhere(f, mapped.by, others);
  return mapped;
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

bool MappedFunction::as_it_was() const {
  return modelled() && !function.added && std::all_of(by.begin(), by.end(), [](const Citation& c) {
           return c.how == Speaks::Sentence || c.pack;
         });
}

Mapping map_series(const std::string& title, const std::vector<PatchChanges>& changes,
                   const Citations& citations, const Citations& others,
                   const std::vector<model::Rule>& own, const std::string& path,
                   model::Diagnostics& diagnostics) {
  Mapping mapping;
  mapping.title = title;
  for (const PatchChanges& patch : changes) {
    MappedPatch& in = mapping.patches.emplace_back();
    in.number = patch.number;
    in.subject = patch.subject;
    in.elsewhere = patch.elsewhere;
    in.misfits = patch.misfits;
    for (const ChangedFunction& f : patch.functions) {
      MappedFunction found = mapped(f, changes, citations, others);
      // A macro is a name like others: no gap in a design, unless some rule is about it.
      if (f.macro && !found.modelled() && found.others.empty()) {
        if (std::find(in.elsewhere.begin(), in.elsewhere.end(), f.file) == in.elsewhere.end())
          in.elsewhere.push_back(f.file);
        continue;
      }
      in.functions.push_back(std::move(found));
    }
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
