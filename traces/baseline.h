// SPDX-License-Identifier: GPL-2.0-or-later
// Violations that are known, so that a new one is heard.
//
// A kernel without support violates on every kexec. A CI that is red for that every day is soon
// muted, and then nobody hears of the next thing that breaks. So what is known is listed, with a
// reason, somebody who cares, and a day on which the excuse ends.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"
#include "traces/kernels.h"
#include "traces/verdict.h"

namespace luproof::traces {

using Day = std::chrono::year_month_day;

// "2027-01-31"; nullopt if that is no day.
std::optional<Day> read_day(std::string_view text);
std::string day_text(const Day& day);
Day today();  // of the clock, in UTC

// ">=6.1 <7.0": every condition has to hold; a release is compared by its first two numbers.
struct KernelCondition {
  enum class Sign { Less, AtMost, Is, AtLeast, More };
  Sign sign = Sign::Is;
  Release release;

  bool holds(const Release& of) const;
};

struct BaselineEntry {
  std::string property;
  std::string function;  // an address; * and ? stand for any text and any character
  std::string kernel;    // as written; "" = any
  std::vector<KernelCondition> conditions;
  std::string reason;
  std::string owner;           // may be ""
  std::optional<Day> expires;  // the last day on which it excuses
  std::string place;           // FILE:LINE

  // Whether it speaks of this kernel; of an unknown one only an entry without a range does.
  bool for_kernel(const std::optional<Release>& release) const;
  bool lists(const TraceViolation& violation) const;
};

struct Baseline {
  std::vector<BaselineEntry> entries;
  Day now;  // entries that end before it have expired
};

// nullopt after an error.
std::optional<Baseline> read_baseline(const model::SourcePtr& source, const Day& now,
                                      model::Diagnostics& diagnostics);

// Says of each violation what the baseline says of it, and of each entry whether it was seen.
void mark_known(const Baseline& baseline, TraceVerdict& verdict);

// `text` fits `pattern`, in which * and ? stand for any text and any character.
bool glob_fits(std::string_view pattern, std::string_view text);

// The file of these entries, to be read again.
std::string baseline_text(const std::vector<BaselineEntry>& entries);
// Whole or not at all. False after an error.
bool write_baseline(const std::string& path, const std::vector<BaselineEntry>& entries,
                    model::Diagnostics& diagnostics);

}  // namespace luproof::traces
