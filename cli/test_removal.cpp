// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/test_removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/facts.h"

namespace luproof::cli {
namespace {

using model::printable;

// Without a rule a search may become endless; what takes this much longer than it did is given up.
constexpr double kShortestTry = 10, kLonger = 20;

// A definition with one text has no neutral value: it is tried as false and as true.
bool has_two_opposites(const model::Rule& rule) {
  const auto begins = [&](const char* with) { return rule.text.rfind(with, 0) == 0; };
  return rule.section == "define" && !begins("all: ") && !begins("any: ");
}

}  // namespace

Removal::Removal(std::vector<model::Rule> rules, std::vector<Baseline> baselines)
    : baselines_(std::move(baselines)) {
  for (model::Rule& rule : rules) rows_.push_back({std::move(rule), {}, {}, {}, 0, {}, false});
  std::stable_sort(baselines_.begin(), baselines_.end(),
                   [](const Baseline& a, const Baseline& b) { return a.seconds < b.seconds; });
}

void Removal::keep(const std::vector<std::string>& ids, model::Diagnostics& diagnostics) {
  if (ids.empty()) return;
  std::vector<std::string> known;
  for (const Row& row : rows_) known.push_back(row.rule.id);
  for (const std::string& id : ids)
    if (std::find(known.begin(), known.end(), id) == known.end())
      diagnostics.error({}, fmt::format("no pack or design here has a rule '{}'", id),
                        suggestion(id, known));
  std::erase_if(rows_, [&](const Row& row) {
    return std::find(ids.begin(), ids.end(), row.rule.id) == ids.end();
  });
}

bool Removal::notices(Row& row, const Baseline& baseline, bool instead,
                      const checker::Limits& limits, model::LoadOptions load) const {
  load.without[row.rule.id] = instead;
  checker::Limits bounds = limits;
  const double seconds = std::max(kShortestTry, kLonger * baseline.seconds);
  bounds.deadline =
      std::min(bounds.deadline, std::chrono::steady_clock::now() +
                                    std::chrono::milliseconds(static_cast<long>(seconds * 1000)));
  checker::CheckOptions options;
  options.expected_needs = true;
  model::Diagnostics diagnostics;
  const auto checked =
      checker::check(baseline.path, load, baseline.reading, options, bounds, diagnostics);
  ++row.tried;
  if (!checked || !diagnostics.ok()) {
    row.broken.push_back(baseline.label);
    return false;
  }
  if (!checked->statistics.stopped_by.empty()) {  // it did not say anything yet
    row.unfinished = true;
    return false;
  }
  const std::vector<std::string> unmet = checker::unmet(*checked);
  if (unmet.empty()) return false;
  row.by = baseline.label;
  row.how = unmet[0];
  return true;
}

void Removal::one(Row& row, const checker::Limits& limits, const model::LoadOptions& load) const {
  if (row.rule.section == "properties") {  // who expects it to be violated would miss it
    for (const Baseline& b : baselines_)
      if (b.violated.count(row.rule.name) && b.uses.rules.count(checker::key_of(row.rule))) {
        row.by = b.label;
        row.how = "expects it to be violated";
        return;
      }
    return;
  }
  for (const bool instead : {false, true}) {
    if (instead && !has_two_opposites(row.rule)) return;
    for (const Baseline& b : baselines_) {
      if (!b.uses.rules.count(checker::key_of(row.rule))) continue;
      if (limits.expired()) {
        row.unfinished = true;
        return;
      }
      if (!notices(row, b, instead, limits, load)) continue;
      row.unfinished = false;
      if (has_two_opposites(row.rule)) row.instead = instead ? "true" : "false";
      return;
    }
  }
}

void Removal::run(int jobs, const checker::Limits& whole, const model::LoadOptions& load) {
  const checker::Limits limits = whole.shared_by(at_a_time(rows_.size(), jobs));
  std::mutex mutex;
  std::size_t done = 0;
  side_by_side(rows_.size(), jobs, [&](std::size_t i) {
    if (limits.expired())
      rows_[i].unfinished = true;
    else
      one(rows_[i], limits, load);
    const std::lock_guard lock(mutex);
    show_done("rule", ++done, rows_.size());
  });
  end_progress();
}

std::string Removal::text() const {
  std::string out = fmt::format("without each of {}\n", report::counted(rows_.size(), "rule"));
  constexpr std::size_t kWidest = 72;
  std::size_t width = 0, noticed = 0, late = 0;
  const auto name = [](const Row& row) {
    return printable(checker::shown(checker::key_of(row.rule)) +
                     (row.instead.empty() ? "" : " as " + row.instead));
  };
  for (const Row& row : rows_) width = std::max(width, name(row).size());
  width = std::min(width, kWidest);
  for (const Row& row : rows_) {
    late += row.unfinished;
    if (row.by.empty()) continue;
    ++noticed;
    out +=
        fmt::format("  {:<{}}  {}: {}\n", name(row), width, printable(row.by), printable(row.how));
  }
  const std::size_t silent = rows_.size() - noticed - late;
  if (silent) out += "no reading notices that these are gone:\n";
  for (const Row& row : rows_) {
    if (!row.by.empty() || row.unfinished) continue;
    std::string why = row.rule.section == "properties" ? "no reading expects it to be violated"
                      : row.tried ? report::counted(row.tried, "reading") + " tried"
                                  : "no reading uses it";
    if (!row.broken.empty())
      why += fmt::format(", {} without it",
                         row.broken.size() == 1
                             ? "one of them does not load"
                             : fmt::format("{} of them do not load", row.broken.size()));
    out += fmt::format("  {:<{}}  {} {}: {}\n", name(row), width, row.rule.kind,
                       printable(row.rule.span.where()), why);
  }
  out +=
      fmt::format("{}: {} noticed, {} not", report::counted(rows_.size(), "rule"), noticed, silent);
  return out + (late ? fmt::format(", {} not tried to the end\n", late) : "\n");
}

nlohmann::ordered_json Removal::json() const {
  auto rows = nlohmann::ordered_json::array();
  for (const Row& row : rows_) {
    nlohmann::ordered_json one = {{"rule", row.rule.id},
                                  {"variant", row.rule.variant},
                                  {"kind", row.rule.kind},
                                  {"file", row.rule.span.source ? row.rule.span.source->path : ""},
                                  {"line", row.rule.span.line},
                                  {"noticed", !row.by.empty()},
                                  {"by", row.by},
                                  {"how", row.how},
                                  {"tried", row.tried},
                                  {"do_not_load", row.broken}};
    if (!row.instead.empty()) one["as"] = row.instead;
    if (row.unfinished) one["unfinished"] = true;
    rows.push_back(std::move(one));
  }
  return rows;
}

bool Removal::unnoticed() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const Row& row) { return row.by.empty() && !row.unfinished; });
}

bool Removal::unfinished() const {
  return std::any_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.unfinished; });
}

}  // namespace luproof::cli
