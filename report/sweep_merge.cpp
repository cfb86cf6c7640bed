// SPDX-License-Identifier: GPL-2.0-or-later
// Whether results may be put together at all.
#include <fmt/format.h>

#include "report/sweep_table.h"

namespace luproof::report {

using model::printable;

namespace {

constexpr std::size_t kShownDigits = 12;

struct Place {
  model::SourcePtr source;
  int line = 0;

  model::Span span() const { return {source, line, 1, 1}; }
  std::string text() const { return fmt::format("{}:{}", printable(source->path), line); }
};

// What has to be the same if a task was run twice. Of a search that a limit ended, how far it came
// is not.
std::vector<std::string> verdicts(const SweepResult& result) {
  std::vector<std::string> all = {result.name, std::to_string(result.status())};
  for (const char* key : {"properties", "violations"}) {
    const auto list = result.answer.find(key);
    if (list == result.answer.end() || !list->is_array()) continue;
    for (const auto& each : *list) {
      std::string text;
      for (const char* field : {"property", "verdict", "function", "element", "steps"})
        if (const auto at = each.find(field); at != each.end()) text += at->dump() + " ";
      all.push_back(std::move(text));
    }
  }
  return all;
}

}  // namespace

std::string difference(const SweepHead& here, const SweepHead& other, const std::string& first) {
  const auto of = [&](const char* what, const std::string& a, const std::string& b) {
    return fmt::format("this result is of {} {}, and {} is of {}", what, printable(a), first,
                       printable(b));
  };
  const auto cut = [](const std::string& hash) { return hash.substr(0, kShownDigits); };
  const auto plan = [&](const SweepHead& head) {
    return fmt::format("{} ({}, {})", head.sweep, cut(head.plan), counted(head.tasks, "task"));
  };
  const auto program = [&](const SweepHead& head) {
    return fmt::format("{} (build {})", head.luproof, cut(head.build));
  };
  return here.plan == other.plan && here.sweep == other.sweep && here.tasks == other.tasks
             ? of("luproof", program(here), program(other))
             : of("the plan", plan(here), plan(other));
}

std::optional<SweepTable> merge_sweep(
    const std::vector<std::pair<model::SourcePtr, SweepLines>>& files,
    model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  SweepTable table;
  std::map<std::size_t, Place> places;
  Place first;
  for (const auto& [source, lines] : files)
    for (const auto& [result, number] : lines.results) {
      const Place place{source, number};
      if (!first.source) {
        first = place;
        table.head = result.head;
      } else if (!(result.head == table.head)) {
        diagnostics.error(place.span(), difference(result.head, table.head, first.text()),
                          "only results of one plan, of the same files and of one build of luproof "
                          "make a table");
        break;  // the rest of this file is no better
      }
      const auto [at, fresh] = table.results.emplace(result.task, result);
      if (fresh) {
        places[result.task] = place;
        continue;
      }
      if (verdicts(at->second) != verdicts(result))
        diagnostics.error(place.span(),
                          fmt::format("task {} has another answer here than at {}", result.task,
                                      places[result.task].text()),
                          "one of the two is wrong: run the task alone");
      else if (result.answer.dump() < at->second.answer.dump())
        at->second = result;  // whichever file comes first
    }
  if (diagnostics.errors() != errors) return std::nullopt;
  return table;
}

}  // namespace luproof::report
