// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof ask QUESTION`: every alternative of a design in one table.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <thread>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/ask_report.h"

namespace luproof::cli {
namespace {

using checker::ask::Row;
using model::Diagnostics;

std::optional<int> parse_number(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 ||
      number > model::kMostTime)
    return std::nullopt;
  return number;
}

struct Ask {
  std::string file, format = "text";
  std::vector<std::string> takes;
  bool runs = false;
  int jobs = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  void measured_elsewhere(model::Question& question, Diagnostics& diagnostics) const;
  std::vector<Row> rows(const std::vector<model::Reading>& readings,
                        const model::Question& question, const model::LoadOptions& load,
                        const checker::Limits& bounds, Diagnostics& diagnostics) const;
};

void Ask::declare(CLI::App& app) {
  app.add_option("QUESTION", file, "A spec with choices or variants")->required();
  app.add_option("--format", format, "text (100 columns), markdown or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  app.add_flag("--runs", runs, "Show what `check` says of every row below the table");
  app.add_option("--takes", takes, "What a step takes, as STEP=N; instead of the spec (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--jobs", jobs, "Rows at a time")->check(CLI::Range(1, 256));
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 the table is complete, whatever it says; 2 the input is wrong;\n"
      "3 something could not be decided (bound, timeout, memory).");
}

// What was measured on a machine takes the place of what the spec says, in criteria of time.
void Ask::measured_elsewhere(model::Question& question, Diagnostics& diagnostics) const {
  for (const std::string& text : takes) {
    const auto pair = parse_pair(text);
    const auto time = pair ? parse_number(pair->second) : std::nullopt;
    if (!time) {
      diagnostics.error({}, fmt::format("--takes {}: a step and a number are expected", text),
                        "--takes idpf_probe=200");
      continue;
    }
    bool used = false;
    for (model::Criterion& criterion : question.criteria) {
      if (criterion.takes.empty()) continue;
      used = true;
      std::erase_if(criterion.takes,
                    [&](const auto& old) { return old.first.text == pair->first; });
      criterion.takes.push_back({{pair->first, {}}, *time});
    }
    if (!used)
      diagnostics.error({},
                        fmt::format("--takes {}: no criterion of this question is of time", text),
                        "one that is has 'takes:'");
  }
}

std::vector<Row> Ask::rows(const std::vector<model::Reading>& readings,
                           const model::Question& question, const model::LoadOptions& load,
                           const checker::Limits& bounds, Diagnostics& diagnostics) const {
  std::vector<Row> all(readings.size());
  std::vector<Diagnostics> trouble(readings.size());
  checker::CheckOptions options;
  options.needs = false;
  options.threads = 1;  // rows are searched side by side
  checker::Limits quiet = bounds.shared_by(at_a_time(readings.size(), jobs));
  quiet.progress = nullptr;
  std::mutex mutex;
  std::size_t done = 0;
  side_by_side(readings.size(), jobs, [&](std::size_t i) {
    all[i] = checker::ask::row(file, load, readings[i], question, options, quiet, trouble[i]);
    const std::lock_guard lock(mutex);
    show_done("row", ++done, readings.size());
  });
  end_progress();
  for (const Diagnostics& d : trouble)  // rows often have the same one
    for (const model::Diagnostic& one : d.all()) {
      const bool told = std::any_of(
          diagnostics.all().begin(), diagnostics.all().end(), [&](const model::Diagnostic& old) {
            return old.message == one.message && old.span.where() == one.span.where();
          });
      if (told) continue;
      if (one.severity == model::Severity::Error)
        diagnostics.error(one.span, one.message, one.hint);
      else
        diagnostics.warning(one.span, one.message, one.hint);
    }
  return all;
}

int Ask::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto load = reading.load(specs.folder(), diagnostics);
  if (!load) return report_diagnostics(diagnostics);
  auto readings = model::readings(file, *load, diagnostics);
  const auto composition = readings ? model::compose(file, *load, diagnostics) : std::nullopt;
  auto question = composition ? model::question(*composition, diagnostics) : std::nullopt;
  if (question) measured_elsewhere(*question, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  if (!reading.variant.empty()) question->variants = {reading.variant};
  std::erase_if(*readings,
                [&](const model::Reading& one) { return !checker::ask::is_asked(*question, one); });

  stop_on_interrupt(bounds);
  Diagnostics trouble;
  std::vector<Row> all = rows(*readings, *question, *load, bounds, trouble);
  int status = report_diagnostics(trouble);
  if (status != report::kHolds) return status;
  const checker::ask::Table table = checker::ask::table(std::move(*question), std::move(all));

  report::AskRequest request;
  request.base.path = file;
  request.base.bound = limits.bound;
  reading.repeat(request.base);
  if (const auto* about = composition->documents.back()->root.find("about"))
    request.about = about->value.text;
  request.again = "luproof ask " + report::quoted(file);
  if (!reading.variant.empty()) request.again += " --variant " + report::quoted(reading.variant);
  for (const std::string& one : reading.choose) request.again += " --choose " + report::quoted(one);
  for (const std::string& one : takes) request.again += " --takes " + report::quoted(one);
  request.runs = runs;
  if (format == "json")
    fmt::print("{}", report::ask_json(table, request));
  else if (format == "markdown")
    fmt::print("{}", report::ask_markdown(table, request));
  else
    fmt::print("{}",
               report::ask_text(table, request, report::TextOptions{report::Style{colour.use()}}));
  return report::worse(status, report::exit_status(table));
}

}  // namespace

Action ask_command(CLI::App& app) {
  auto ask = std::make_shared<Ask>();
  ask->declare(app);
  return [ask] { return ask->run(); };
}

}  // namespace luproof::cli
