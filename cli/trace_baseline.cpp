// SPDX-License-Identifier: GPL-2.0-or-later
// --write-baseline: what these runs violate, as entries that excuse it for a while.
#include <fmt/format.h>

#include <algorithm>

#include "cli/trace_run.h"
#include "report/facts.h"
#include "report/trace_batch_run.h"

namespace luproof::cli {

using traces::BaselineEntry;

namespace {

// An excuse that nobody looks at again is no excuse: it ends by itself.
constexpr std::chrono::days kExcused{180};

using Json = nlohmann::ordered_json;

void add_new(const Json& run, bool strict, const traces::Day& until,
             std::vector<BaselineEntry>& entries) {
  for (const Json& each : run.value("violations", Json::array())) {
    if (each.value("standing", "new") != "new") continue;
    if (!strict && each.value("trust", "") != "certain") continue;
    BaselineEntry entry;
    entry.property = each.value("property", "");
    entry.function = each.value("function", "");
    const bool there = std::any_of(entries.begin(), entries.end(), [&](const BaselineEntry& e) {
      return e.property == entry.property && e.function == entry.function;
    });
    if (there) continue;
    const auto line = each.value("by_line", std::int64_t{0});  // 0: a dump shows it
    entry.reason = fmt::format("written by --write-baseline, nobody has judged it yet: {} at {}{}",
                               each.value("event", ""), each.value("file", ""),
                               line > 0 ? fmt::format(":{}", line) : "");
    entry.expires = until;
    entries.push_back(std::move(entry));
  }
}

}  // namespace

bool write_baseline_of(const report::TraceRuns& all, const traces::Baseline* before,
                       const traces::Day& now, bool strict, const std::string& path,
                       model::Diagnostics& diagnostics) {
  const auto wrong = std::count_if(all.runs.begin(), all.runs.end(), [](const auto& run) {
    return run.status == report::kWrongInput;
  });
  if (wrong > 0) {
    diagnostics.error({model::Source::make(path, ""), 0, 0, 1},
                      "the baseline was not written: the input of a run is wrong",
                      "what such a run violates is not known");
    return false;
  }
  std::vector<BaselineEntry> entries;
  const report::BatchSummary summary = report::summary_of(all);
  for (std::size_t i = 0; before != nullptr && i < before->entries.size(); ++i)
    if (i >= summary.baseline.size() || summary.baseline[i].state != "gone")
      entries.push_back(before->entries[i]);
  const traces::Day until{std::chrono::sys_days(now) + kExcused};
  for (const report::TraceRun& run : all.runs)
    add_new(report::facts_of(run).json, strict, until, entries);
  return traces::write_baseline(path, entries, diagnostics);
}

}  // namespace luproof::cli
