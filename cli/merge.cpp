// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof merge FILE...`: the results of the shards of a sweep as one table.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/options.h"
#include "cli/sweep.h"
#include "report/json_text.h"
#include "report/sweep_table.h"
#include "sweep/tasks.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostics;

struct Merge {
  std::vector<std::string> files;
  std::string plan, format = "text";
  SpecsOption specs;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  void name_tasks(report::SweepTable& table, Diagnostics& diagnostics) const;
};

void Merge::declare(CLI::App& app) {
  app.add_option("FILE", files, "What luproof sweep -o has written")->required();
  app.add_option("--plan", plan,
                 "Hold the results to this plan, and name the tasks that are missing");
  app.add_option("--format", format, "text, markdown or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  specs.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 every task holds; 1 some are violated; 2 the input of a task or of merge is\n"
      "wrong; 3 tasks are missing or inconclusive.");
}

void Merge::name_tasks(report::SweepTable& table, Diagnostics& diagnostics) const {
  const auto asked = sweep::read_plan(plan, diagnostics);
  if (!asked) return;
  std::error_code error;
  const std::string folder = specs.absolute();
  fs::current_path(asked->folder, error);
  const auto tasks = sweep::tasks_of(*asked, folder, report::built_in_properties(), diagnostics);
  if (!tasks) return;
  if (table.head.tasks == 0) {  // there is no result yet
    table.head.sweep = asked->name;
    table.head.plan = tasks->hash;
    table.head.tasks = tasks->all.size();
  }
  report::SweepHead here = table.head;
  here.sweep = asked->name;
  here.plan = tasks->hash;
  here.tasks = tasks->all.size();
  if (!(here == table.head))
    diagnostics.error({asked->source, 0, 0, 1},
                      report::difference(table.head, here, "what the plan leads to here"),
                      "the plan, or a file that it leads to, is not what was run");
  for (const sweep::Task& task : tasks->all) table.names.push_back(task.name);
}

int Merge::run() const {
  Diagnostics diagnostics;
  std::vector<std::pair<model::SourcePtr, report::SweepLines>> all;
  for (const std::string& path : files) {
    const auto source = model::read_source(path, report::kLargestSweepFile, diagnostics);
    if (!source) continue;
    all.emplace_back(source, report::read_sweep_lines(source, diagnostics));
    if (all.back().second.torn)
      diagnostics.warning({source, 0, 0, 1}, "the last line has no end and does not count");
  }
  auto table = diagnostics.ok() ? report::merge_sweep(all, diagnostics) : std::nullopt;
  if (table && !plan.empty()) name_tasks(*table, diagnostics);
  if (table && table->head.tasks == 0 && diagnostics.ok())
    diagnostics.error({}, "there is no result in these files", "luproof sweep PLAN -o FILE");
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  if (format == "json")
    fmt::print("{}", report::json_text(report::sweep_json(*table)));
  else
    fmt::print("{}", format == "markdown"
                         ? report::sweep_markdown(*table)
                         : report::sweep_text(*table, report::Style{colour.use()}));
  return report::exit_status(*table);
}

}  // namespace

Action merge_command(CLI::App& app) {
  auto merge = std::make_shared<Merge>();
  merge->declare(app);
  return [merge] { return merge->run(); };
}

}  // namespace luproof::cli
