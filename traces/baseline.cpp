// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/baseline.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::traces {

namespace {

std::string excuse_of(const BaselineEntry& entry) {
  std::string text = entry.reason;
  if (!entry.owner.empty()) text += fmt::format(" (owner: {})", entry.owner);
  if (entry.expires) text += fmt::format(", until {}", day_text(*entry.expires));
  return text;
}

// What is lost may have been what the entry is about.
bool lossy(const TraceVerdict& verdict) {
  return std::any_of(verdict.gaps.begin(), verdict.gaps.end(),
                     [](const Gap& gap) { return gap.kind == GapKind::Loss; });
}

}  // namespace

std::string day_text(const Day& day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Day today() { return Day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())); }

bool KernelCondition::holds(const Release& of) const {
  switch (sign) {
    case Sign::Less:
      return of < release;
    case Sign::AtMost:
      return of <= release;
    case Sign::Is:
      return of == release;
    case Sign::AtLeast:
      return of >= release;
    case Sign::More:
      return of > release;
  }
  return false;
}

// Greedy, with one place to come back to: time is at most the product of the lengths.
bool glob_fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool BaselineEntry::for_kernel(const std::optional<Release>& release) const {
  if (conditions.empty()) return true;
  return release && std::all_of(conditions.begin(), conditions.end(),
                                [&](const KernelCondition& c) { return c.holds(*release); });
}

bool BaselineEntry::lists(const TraceViolation& violation) const {
  return property == violation.property && glob_fits(function, violation.function);
}

void mark_known(const Baseline& baseline, TraceVerdict& verdict) {
  const auto release = read_release(verdict.kernel);
  const bool lost = lossy(verdict);
  verdict.baseline.emplace();
  std::vector<bool> seen(baseline.entries.size());
  const auto expired = [&](const BaselineEntry& entry) {
    return entry.expires && baseline.now > *entry.expires;
  };
  for (TraceViolation& violation : verdict.violations) {
    violation.standing = Standing::New;
    violation.listed_at.clear();
    violation.listed.clear();
    for (std::size_t i = 0; i < baseline.entries.size(); ++i) {
      const BaselineEntry& entry = baseline.entries[i];
      if (!entry.for_kernel(release) || !entry.lists(violation)) continue;
      seen[i] = true;
      // Of several entries one that still excuses is enough.
      if (violation.standing == Standing::Known) continue;
      violation.standing = expired(entry) ? Standing::Expired : Standing::Known;
      violation.listed_at = entry.place;
      violation.listed = excuse_of(entry);
    }
  }
  for (std::size_t i = 0; i < baseline.entries.size(); ++i) {
    const BaselineEntry& entry = baseline.entries[i];
    const bool asked = !lost && entry.for_kernel(release) &&
                       std::any_of(verdict.kept.begin(), verdict.kept.end(), [&](const Kept& kept) {
                         return kept.began && glob_fits(entry.function, kept.function);
                       });
    verdict.baseline->push_back({entry.property, entry.function, entry.kernel, entry.place,
                                 seen[i] ? BaselineUse::State::Seen
                                 : asked ? BaselineUse::State::Gone
                                         : BaselineUse::State::NotAsked,
                                 expired(entry)});
  }
}

}  // namespace luproof::traces
