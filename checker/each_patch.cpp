// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/each_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "model/rule_list.h"

namespace luproof::checker {
namespace {

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

// With the patch that each is from.
std::vector<std::pair<model::Rule, int>> patched(const std::string& path,
                                                 const model::LoadOptions& load,
                                                 model::Diagnostics& diagnostics) {
  std::vector<std::pair<model::Rule, int>> all;
  const auto composition = model::compose(path, load, diagnostics);
  if (!composition) return all;
  for (model::Rule& rule : model::rules_of(*composition->documents.back())) {
    if (rule.patch.empty() || !rule.rule) continue;
    if (!rule.variant.empty() && rule.variant != load.variant) continue;
    if (const auto patch = number(rule.patch))
      all.emplace_back(std::move(rule), *patch);
    else
      diagnostics.error(rule.span, fmt::format("the patch '{}' is no number", rule.patch),
                        "its place in the series: patch: 3");
  }
  return all;
}

}  // namespace

std::vector<int> patches_of(const std::string& path, const model::LoadOptions& load,
                            model::Diagnostics& diagnostics) {
  std::set<int> all;
  for (const auto& [rule, patch] : patched(path, load, diagnostics)) all.insert(patch);
  return {all.begin(), all.end()};
}

Prefix after_patch(const std::string& path, const model::LoadOptions& load,
                   const model::Reading& reading, int patch, const CheckOptions& options,
                   const Limits& limits) {
  Prefix prefix;
  prefix.patch = patch;
  model::Diagnostics diagnostics;
  model::LoadOptions with = load;
  with.variant = reading.variant;
  for (const auto& [rule, from] : patched(path, with, diagnostics))
    if (from > patch && rule.section != "properties") with.without[rule.id] = false;
  prefix.checked = check(path, with, reading, options, limits, diagnostics);
  if (prefix.checked && diagnostics.ok()) return prefix;
  prefix.checked.reset();
  prefix.error = diagnostics.all().empty() ? "it does not load" : diagnostics.all()[0].message;
  return prefix;
}

std::vector<Course> courses(const std::vector<Prefix>& prefixes) {
  std::vector<std::string> names;
  for (const Prefix& prefix : prefixes)
    if (prefix.checked)
      for (const Finding& f : prefix.checked->findings)
        if (std::find(names.begin(), names.end(), f.property) == names.end())
          names.push_back(f.property);
  std::vector<Course> all;
  for (const std::string& name : names) {
    Course course{name, {}, {}};
    for (const Prefix& prefix : prefixes) {
      // A built-in violation that did not happen is not among the findings.
      const bool seen = prefix.checked && prefix.checked->statistics.stopped_by.empty();
      Verdict verdict = seen ? Verdict::Holds : Verdict::Unknown;
      if (prefix.checked)
        for (const Finding& f : prefix.checked->findings)
          if (f.property == name) verdict = f.verdict;
      if (course.phases.empty() || course.phases.back().verdict != verdict)
        course.phases.push_back({prefix.patch, verdict});
      const Verdict base = course.phases[0].verdict;
      if (verdict == Verdict::Violated && base != Verdict::Violated && base != Verdict::Unknown)
        course.worse.push_back(prefix.patch);
    }
    all.push_back(std::move(course));
  }
  return all;
}

}  // namespace luproof::checker
