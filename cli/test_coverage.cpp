// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/test_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/facts.h"

namespace luproof::cli {

using model::printable;

std::vector<model::Rule> rules_to_test(const std::vector<std::string>& files,
                                       const model::LoadOptions& load,
                                       const checker::Limits& limits) {
  std::vector<model::Rule> rules;
  std::set<std::string> known;  // a file may be named twice
  for (const std::string& path : files) {
    if (limits.expired()) break;
    model::Diagnostics told;  // a file that cannot be read is reported where it is tested
    const auto composition = model::compose(path, load, told);
    if (!composition) continue;
    const model::Document& file = *composition->documents.back();
    if ((file.kind != "rules" && file.kind != "design") || !known.insert(file.name).second)
      continue;
    for (model::Rule& rule : model::rules_of(file))
      if (rule.rule) rules.push_back(std::move(rule));
  }
  return rules;
}

void Coverage::add(const std::vector<model::Rule>& rules) {
  for (const model::Rule& rule : rules)
    if (places_.emplace(checker::key_of(rule), rows_.size()).second)
      rows_.push_back({rule, {}, 0, ""});
}

void Coverage::used(const std::string& reading, const Uses& uses) {
  ++readings_;
  if (!uses.complete) unseen_.push_back(reading);
  for (const auto& [key, exercise] : uses.rules) {
    const auto place = places_.find(key);
    if (place == places_.end()) continue;
    Row& row = rows_[place->second];
    row.exercise.boolean = exercise.boolean;
    row.exercise.yes = row.exercise.yes || exercise.yes;
    row.exercise.no = row.exercise.no || exercise.no;
    if (row.readings++ == 0) row.first = reading;
  }
}

void Coverage::unfinished(const std::string& reading, const std::optional<Uses>& uses) {
  ++unfinished_;
  if (uses)
    used(reading, *uses);
  else
    unseen_.push_back(reading);
}

// "both", "true", "false", or "" of what has no truth value.
std::string Coverage::values(const Row& row) {
  if (!row.exercise.boolean || !row.exercise.used()) return "";
  return row.exercise.yes && row.exercise.no ? "both" : row.exercise.yes ? "true" : "false";
}

std::string Coverage::text() const {
  std::string out = fmt::format("coverage of {} by {}\n", report::counted(rows_.size(), "rule"),
                                report::counted(readings_, "reading"));
  std::size_t width = 0, half = 0, none = 0;
  constexpr std::size_t kWidest = 72;
  for (const Row& row : rows_)
    width = std::max(width, printable(checker::shown(checker::key_of(row.rule))).size());
  width = std::min(width, kWidest);
  for (const Row& row : rows_) {
    const std::string value = values(row);
    none += row.readings == 0;
    half += value == "true" || value == "false";
    if (row.readings == 0) continue;
    out +=
        fmt::format("  {:<{}} {:>4}  {}{}\n", printable(checker::shown(checker::key_of(row.rule))),
                    width, row.readings, printable(row.first),
                    value.empty() || value == "both" ? "" : ", only ever " + value);
  }
  if (unfinished_)
    return out + fmt::format("stopped: {} exercised so far; {} not finished\n",
                             report::counted(rows_.size() - none, "rule"),
                             report::counted(unfinished_, "reading"));
  if (none) out += "not exercised by any reading:\n";
  for (const Row& row : rows_)
    if (row.readings == 0)
      out += fmt::format("  {:<{}}       {} {}\n",
                         printable(checker::shown(checker::key_of(row.rule))), width, row.rule.kind,
                         printable(row.rule.span.where()));
  if (!unseen_.empty())
    out += fmt::format("not every run was seen of: {}\n", printable(report::joined(unseen_)));
  return out +
         fmt::format("{}: {} exercised, {} of them with one truth value only; {} not exercised\n",
                     report::counted(rows_.size(), "rule"), rows_.size() - none, half, none);
}

nlohmann::ordered_json Coverage::json() const {
  auto rows = nlohmann::ordered_json::array();
  for (const Row& row : rows_) {
    nlohmann::ordered_json one = {{"rule", row.rule.id},
                                  {"variant", row.rule.variant},
                                  {"kind", row.rule.kind},
                                  {"file", row.rule.span.source ? row.rule.span.source->path : ""},
                                  {"line", row.rule.span.line},
                                  {"readings", row.readings},
                                  {"first", row.first}};
    if (const std::string value = values(row); !value.empty()) one["values"] = value;
    rows.push_back(std::move(one));
  }
  return {{"rules", rows}, {"not_every_run_seen", unseen_}};
}

bool Coverage::missing() const {
  return std::any_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.readings == 0; });
}

}  // namespace luproof::cli
