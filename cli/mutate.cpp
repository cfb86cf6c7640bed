// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof mutate FILE`: which lines of a design do its properties need?
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/json_text.h"
#include "report/mutation.h"
#include "report/text.h"

namespace luproof::cli {
namespace {

struct Mutate {
  std::string file, only = "own", format = "text";
  std::vector<int> lines;
  int jobs = 1;
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  void keep_lines(std::vector<checker::Mutation>& all, const std::string& path) const;
  void print(const checker::Mutations& all, const report::Request& request) const;
};

void Mutate::declare(CLI::App& app) {
  app.add_option("FILE", file, "The design")->required();
  app.add_option("--only", only, "own: lines of the design's own file; all: of its packs too")
      ->check(CLI::IsMember({"own", "all"}));
  app.add_option("--line", lines,
                 "Only changes in this line of the file, with their runs (repeatable)")
      ->allow_extra_args(false)
      ->check(CLI::PositiveNumber);
  app.add_option("--jobs", jobs, "Changes to try at a time (default: 1)")->check(CLI::Range(1, 64));
  app.add_option("--format", format, "text, markdown (a table) or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 everything could be told; 2 the input is wrong;\n"
      "3 something could not be told (timeout, memory, a change that does not load).");
}

void Mutate::keep_lines(std::vector<checker::Mutation>& all, const std::string& path) const {
  if (lines.empty()) return;
  std::erase_if(all, [&](const checker::Mutation& m) {
    return m.edit.at.source->path != path ||
           std::find(lines.begin(), lines.end(), m.edit.at.line) == lines.end();
  });
}

constexpr std::size_t kTextShown = 90;

// The command that shows the run again.
std::string again(const checker::Checked& checked, const report::Request& request, int line) {
  constexpr std::string_view kCheck = "luproof check";
  return fmt::format("luproof mutate{} --line {}",
                     report::reproduce(checked, request).substr(kCheck.size()), line);
}

void Mutate::print(const checker::Mutations& all, const report::Request& request) const {
  const report::Style style{colour.use()};
  if (format == "markdown") {
    fmt::print("{}\n", report::mutation_markdown(all, request));
    return;
  }
  fmt::print("{}", report::mutation_text(all, request, style));
  for (const checker::Mutation& m : all.all) {
    if (!m.checked || !m.needed()) continue;
    report::Request changed = request;  // a check knows nothing of the change
    changed.again = again(*m.checked, request, m.edit.at.line);
    fmt::print("\n{}:{}:{} {}, {}\n{}", model::printable(m.edit.at.source->path), m.edit.at.line,
               m.edit.at.column, model::printable(model::shortened(m.edit.text, kTextShown)),
               model::edit_name(m.edit.kind),
               report::text(*m.checked, changed, report::TextOptions{style, false, false}));
  }
}

int Mutate::run() const {
  model::Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto load = reading.load(specs.folder(), diagnostics);
  std::optional<std::vector<model::Reading>> readings;
  if (load) readings = model::readings(file, *load, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !readings)
    return report::kWrongInput;

  stop_on_interrupt(bounds);
  checker::CheckOptions options;
  options.needs = false;
  options.threads = jobs > 1 ? 1 : 0;
  report::Request request;
  request.path = file;
  reading.repeat(request);

  int status = report::kHolds;
  auto objects = nlohmann::ordered_json::array();
  for (const model::Reading& one : *readings) {
    model::Diagnostics trouble;
    show_progress(bounds, file);
    auto all = checker::mutations(file, *load, one, only == "all", options, bounds, trouble);
    end_progress();
    status = report::worse(status, report_diagnostics(trouble));
    if (!all) return report::kWrongInput;
    keep_lines(all->all, file);
    const checker::Limits each = bounds.shared_by(at_a_time(all->all.size(), jobs));
    std::mutex mutex;
    std::size_t done = 0;
    side_by_side(all->all.size(), jobs, [&](std::size_t i) {
      checker::Mutation& mutation = all->all[i];
      if (!bounds.expired())
        checker::try_mutation(*all, mutation, options, !lines.empty(), each);
      else if (mutation.used)
        mutation.untold = interrupted() ? "interrupted" : "no time was left";
      const std::lock_guard lock(mutex);
      show_done("change", ++done, all->all.size());
    });
    end_progress();
    status = report::worse(status, report::exit_status(*all));
    if (format == "json")
      objects.push_back(report::mutation_json(*all));
    else
      print(*all, request);
    std::fflush(stdout);
  }
  if (format == "json") {
    const nlohmann::ordered_json whole = {
        {"command", "mutate"}, {"file", file}, {"readings", std::move(objects)}};
    fmt::print("{}", report::json_text(whole));
  }
  return status;
}

}  // namespace

Action mutate_command(CLI::App& app) {
  auto mutate = std::make_shared<Mutate>();
  mutate->declare(app);
  return [mutate] { return mutate->run(); };
}

}  // namespace luproof::cli
