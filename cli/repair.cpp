// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof repair FILE`: which smallest change keeps what a design claims?
#include "checker/repair/repair.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/json_text.h"
#include "report/repair.h"

namespace luproof::cli {
namespace {

struct RepairCommand {
  std::string file, format = "text";
  std::vector<std::string> properties;
  int most = 5, size = 2, jobs = 1;
  bool declared = false;
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  void know_properties(const std::vector<model::Reading>& readings, const model::LoadOptions& load,
                       model::Diagnostics& diagnostics) const;
};

void RepairCommand::declare(CLI::App& app) {
  app.add_option("FILE", file, "The design")->required();
  app.add_option("--property", properties, "Repair this one only (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--most", most, "Repairs to look for, all of the smallest size (default: 5)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--size", size, "Changes in one repair, at most (default: 2)")
      ->check(CLI::Range(1, 8));
  app.add_flag("--declared", declared, "Only what the specs declare under `candidates:`");
  app.add_option("--jobs", jobs, "Sets to try at a time (default: 1)")->check(CLI::Range(1, 64));
  app.add_option("--format", format, "text or json (one object)")
      ->check(CLI::IsMember({"text", "json"}));
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 a repair was found, or none is needed; 1 no set of candidates is one;\n"
      "2 the input is wrong; 3 inconclusive (bound, timeout, memory).");
}

void RepairCommand::know_properties(const std::vector<model::Reading>& readings,
                                    const model::LoadOptions& load,
                                    model::Diagnostics& diagnostics) const {
  if (properties.empty()) return;
  std::vector<std::string> known;
  for (const model::Reading& one : readings) {
    model::Diagnostics ignored;  // they have been loaded once without an error
    const auto model = model::load(file, report::with_reading(load, one), ignored);
    if (!model) continue;
    for (const model::Property& property : model->properties) known.push_back(property.name);
  }
  require_properties(properties, std::move(known), diagnostics);
}

int RepairCommand::run() const {
  model::Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto load = reading.load(specs.folder(), diagnostics);
  std::optional<std::vector<model::Reading>> readings;
  if (load) readings = model::readings(file, *load, diagnostics);
  if (readings) know_properties(*readings, *load, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !readings)
    return report::kWrongInput;

  stop_on_interrupt(bounds);
  checker::CheckOptions options;
  options.needs = false;
  options.threads = jobs > 1 ? 1 : 0;
  checker::repair::RepairOptions asked;
  asked.properties = properties;
  asked.most = most;
  asked.size = size;
  asked.jobs = jobs;
  asked.derive = !declared;
  asked.side_by_side = [this](std::size_t count, const std::function<void(std::size_t)>& act) {
    side_by_side(count, jobs, act);
  };
  asked.progress = [](std::size_t tried, std::size_t of) {
    show_done("candidate", std::min(tried, of), of);
  };

  int status = report::kHolds;
  auto objects = nlohmann::ordered_json::array();
  for (const model::Reading& one : *readings) {
    model::Diagnostics trouble;
    show_progress(bounds, file);
    const auto repairs = checker::repair::repair(file, *load, one, asked, options, bounds, trouble);
    end_progress();
    status = report::worse(status, report_diagnostics(trouble));
    if (!repairs) return report::kWrongInput;
    status = report::worse(status, report::exit_status(*repairs));
    if (format == "json")
      objects.push_back(report::repair_json(*repairs));
    else
      fmt::print("{}", report::repair_text(*repairs, report::Style{colour.use()}));
    std::fflush(stdout);
  }
  if (format == "json") {
    const nlohmann::ordered_json whole = {
        {"command", "repair"}, {"file", file}, {"readings", std::move(objects)}};
    fmt::print("{}", report::json_text(whole));
  }
  return status;
}

}  // namespace

Action repair_command(CLI::App& app) {
  auto repair = std::make_shared<RepairCommand>();
  repair->declare(app);
  return [repair] { return repair->run(); };
}

}  // namespace luproof::cli
