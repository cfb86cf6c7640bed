// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/each_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/options.h"
#include "cli/progress.h"
#include "report/json_text.h"

namespace luproof::cli {
namespace {

using nlohmann::ordered_json;

std::string again(const report::EachPatch& each) {
  std::string text = "luproof check " + report::quoted(each.request.path) + " --each-patch";
  if (!each.reading.variant.empty()) text += " --variant " + report::quoted(each.reading.variant);
  for (const auto& [choice, alternative] : each.reading.choices)
    text += " --choose " + report::quoted(choice + "=" + alternative);
  return text;
}

std::vector<int> named(const PatchTask& task, const model::LoadOptions& load,
                       model::Diagnostics& diagnostics) {
  model::LoadOptions with = load;
  with.variant = task.reading.variant;
  return checker::patches_of(task.path, with, diagnostics);
}

}  // namespace

int each_patch_of(const std::vector<PatchTask>& tasks, const model::LoadOptions& load,
                  checker::CheckOptions options, const checker::Limits& limits,
                  const report::Request& request, const std::string& format, bool colour) {
  options.needs = false;
  options.any_vfs = false;
  int status = report::kHolds;
  std::set<std::string> refused;  // once a file
  auto readings = ordered_json::array();
  for (const PatchTask& task : tasks) {
    report::EachPatch each{task.reading, {}, request, ""};
    each.request.path = task.path;
    each.again = again(each);
    model::Diagnostics diagnostics;
    std::vector<int> patches = named(task, load, diagnostics);
    if (patches.empty() && diagnostics.ok()) {
      // A variant that is the base of another needs none; a file without any was not meant.
      const bool elsewhere = std::any_of(tasks.begin(), tasks.end(), [&](const PatchTask& other) {
        return other.path == task.path && !named(other, load, diagnostics).empty();
      });
      if (elsewhere && format != "json")
        fmt::print("{}, variant {}: names no patch\n", model::printable(task.path),
                   task.reading.variant);
      if (elsewhere || !refused.insert(task.path).second) continue;
      diagnostics.error({}, fmt::format("no rule of {} names a patch", task.path),
                        "patch: N, beside what the N-th patch of the series changes");
    }
    if (const int wrong = report_diagnostics(diagnostics); wrong != report::kHolds) {
      status = report::worse(status, wrong);
      continue;
    }
    patches.insert(patches.begin(), 0);
    for (std::size_t i = 0; i < patches.size(); ++i) {
      each.prefixes.push_back(
          checker::after_patch(task.path, load, task.reading, patches[i], options, limits));
      show_done("prefix", i + 1, patches.size());
    }
    end_progress();
    status = report::worse(status, report::exit_status(each));
    if (format == "json")
      readings.push_back(report::each_patch_json(each));
    else
      fmt::print("{}", report::each_patch_text(each, report::TextOptions{report::Style{colour}}));
    std::fflush(stdout);
  }
  if (format == "json") {
    const ordered_json out = {{"command", "check --each-patch"}, {"readings", readings}};
    fmt::print("{}", report::json_text(out));
  }
  return status;
}

}  // namespace luproof::cli
