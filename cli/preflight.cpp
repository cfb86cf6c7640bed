// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof preflight --design D`: is this host ready for the kexec that is planned?
//
// Nothing is written to the host. What cannot be read becomes an assumption of the report.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "host/plan.h"
#include "model/edit.h"
#include "model/spec_folders.h"
#include "report/json_text.h"
#include "report/preflight.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostics;

constexpr std::size_t kLargestSettings = 1u << 20;

struct PreflightCommand {
  std::string design, variant, settings_file, format = "text";
  std::vector<std::string> keep, choose;
  host::Places places;
  bool sysfs_given = false, verbose = false;
  SpecsOption specs;
  LimitOptions limits;
  ColourOption colour;

  void declare(CLI::App& app);
  int run();

 private:
  std::string path_of_design(const host::Settings& settings, Diagnostics& diagnostics) const;
  std::string command() const;
  bool placeable(const std::string& path, const model::Composition& design,
                 const host::Settings& settings, Diagnostics& diagnostics) const;
  bool judge(checker::MachineQuestion question, const host::Machine& machine,
             const host::Settings& settings, const host::Plan& plan, checker::Limits& bounds,
             report::Preflight& result, Diagnostics& diagnostics) const;
};

void PreflightCommand::declare(CLI::App& app) {
  app.add_option("--design", design,
                 "What the kernels do, by file or by name (default: as the settings say)");
  app.add_option("--variant", variant, "Of the design (default: each of them)");
  app.add_option("--choose", choose, "Fix an open choice: NAME=ALTERNATIVE (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--keep", keep,
                 "What has to go on: an address, or all (every VF); repeatable\n"
                 "(default: the VFs that are bound to vfio-pci)")
      ->allow_extra_args(false);
  app.add_option("--topology", places.topology,
                 "A dump (lspci -D -xxxx, as root, or of sysfs) instead of this host");
  app.add_option("--sysfs", places.sysfs,
                 "Where sysfs is (default: /sys); /proc, /dev and /boot are looked for beside it");
  app.add_option("--append", places.new_line,
                 "Command line of the kernel that is booted: text, or a file with it");
  app.add_option("--cmdline", places.old_line,
                 "Of the kernel that runs (default: as the host says)");
  app.add_option("--settings", settings_file,
                 "What is read, and what it means (default: preflight.yaml of the specs)");
  app.add_option("--format", format, "text, markdown or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  app.add_flag("--verbose", verbose, "Show the run of every loss, not only of the first");
  specs.declare(app);
  limits.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 ready: nothing that is to be kept is lost; 1 not ready; 2 the input is "
      "wrong;\n3 cannot tell.");
}

std::string PreflightCommand::path_of_design(const host::Settings& settings,
                                             Diagnostics& diagnostics) const {
  const std::string name = design.empty() ? settings.design : design;
  std::error_code error;
  if (fs::is_regular_file(name, error)) return name;
  const fs::path shipped = model::find_spec(specs.folder(), "designs/" + name + ".yaml");
  if (name.find('/') == std::string::npos && fs::is_regular_file(shipped, error))
    return shipped.string();
  std::vector<std::string> known;
  for (fs::directory_iterator at(shipped.parent_path(), error), end; !error && at != end;
       at.increment(error))
    known.push_back(at->path().stem().string());
  diagnostics.error({}, fmt::format("there is no design '{}'", name), suggestion(name, known));
  return "";
}

// The command line again, in one order.
std::string PreflightCommand::command() const {
  std::string text = "luproof preflight";
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) text += fmt::format(" {} {}", option, report::quoted(value));
  };
  add("--design", design);
  add("--variant", variant);
  for (const std::string& one : choose) add("--choose", one);
  for (const std::string& one : keep) add("--keep", one);
  add("--topology", places.topology);
  if (sysfs_given) add("--sysfs", places.sysfs);
  add("--cmdline", places.old_line);
  add("--append", places.new_line);
  add("--settings", settings_file);
  add("--specs", specs.given);
  return text;
}

// A design on which no machine can say what is to be kept would promise nothing to anybody.
bool PreflightCommand::placeable(const std::string& path, const model::Composition& composition,
                                 const host::Settings& settings, Diagnostics& diagnostics) const {
  for (const auto& [cell, value] : settings.kept)
    if (!host::has_cell(composition, cell))
      diagnostics.error(
          {},
          fmt::format("{} has no cell '{}', by which a machine says what is to be kept", path,
                      cell),
          "a design that uses the pack host-update, as host-stock-7.3 and host-with-skips do");
  return diagnostics.ok();
}

bool PreflightCommand::judge(checker::MachineQuestion question, const host::Machine& machine,
                             const host::Settings& settings, const host::Plan& plan,
                             checker::Limits& bounds, report::Preflight& result,
                             Diagnostics& diagnostics) const {
  question.kept = plan.kept;
  const auto version = [&](const std::string& without) {
    std::vector<host::Effect> effects = plan.effects;
    std::erase_if(effects, [&](const host::Effect& e) { return e.setting == without; });
    checker::MachineVersion made{
        without, host::with_effects(machine, settings, plan.kept, effects), {}};
    if (const std::string text = host::fragment_of(effects); !text.empty())
      if (auto edit = model::fragment("settings of the host", text, diagnostics))
        made.edits.push_back(std::move(edit));
    return made;
  };
  question.machine = version("");
  std::set<std::string> names;
  for (const host::Effect& effect : plan.effects) names.insert(effect.setting);
  for (const std::string& name : names) question.without.push_back(version(name));
  checker::CheckOptions options;
  options.needs = false;
  show_progress(bounds, question.path);
  const bool fine = checker::ask_machine(
      question, options, bounds, [&](const checker::MachineAnswer& answer) { result.take(answer); },
      diagnostics);
  end_progress();
  result.finish(bounds.expired());
  return fine && diagnostics.ok();
}

int PreflightCommand::run() {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  sysfs_given = !places.sysfs.empty();
  if (!sysfs_given && places.topology.empty()) places.sysfs = "/sys";
  const std::string file =
      settings_file.empty() ? model::find_spec(specs.folder(), "preflight.yaml") : settings_file;
  const auto source = model::read_source(file, kLargestSettings, diagnostics);
  const auto settings =
      source ? host::read_settings(source, diagnostics) : std::optional<host::Settings>();
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !settings)
    return report::kWrongInput;
  const auto machine = host::read_machine(places, *settings, diagnostics);
  std::vector<int> kept;
  if (machine) kept = host::kept_functions(*machine, *settings, keep, diagnostics);
  const std::string path = path_of_design(*settings, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !machine)
    return report::kWrongInput;

  ReadingOptions how;
  how.variant = variant;
  how.choose = choose;
  const auto load = how.load(specs.folder(), diagnostics);
  std::optional<std::vector<model::Reading>> readings;
  if (load) readings = model::readings(path, *load, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !readings)
    return report::kWrongInput;

  stop_on_interrupt(bounds);
  report::Request request;
  request.path = path;
  request.topology = places.topology;
  std::error_code no_folder;
  request.folder = fs::current_path(no_folder).string();
  int status = report::kHolds;
  auto objects = nlohmann::ordered_json::array();
  for (const model::Reading& one : *readings) {
    Diagnostics trouble;
    const auto composition = model::compose(path, report::with_reading(*load, one), trouble);
    if (!composition || !placeable(path, *composition, *settings, trouble))
      return report_diagnostics(trouble);
    const host::Plan plan = host::make_plan(*machine, *settings, kept, *composition);
    const std::string title = composition->documents.back()->name +
                              (one.variant.empty() ? "" : ", variant " + one.variant);
    report::Preflight result(*machine, plan, request, title, command());
    const bool judged =
        judge({path, *load, one, {}, {}, {}}, *machine, *settings, plan, bounds, result, trouble);
    if (report_diagnostics(trouble) != report::kHolds || !judged) return report::kWrongInput;
    status = report::worse(status, result.status());
    if (format == "json")
      objects.push_back(result.json());
    else
      fmt::print("{}{}", &one == &readings->front() ? "" : "\n",
                 format == "markdown" ? result.markdown()
                                      : result.text(report::Style{colour.use()}, verbose));
    std::fflush(stdout);
  }
  if (format == "json") {
    const nlohmann::ordered_json whole = {{"command", "preflight"},
                                          {"readings", std::move(objects)}};
    fmt::print("{}", report::json_text(whole));
  }
  return status;
}

}  // namespace

Action preflight_command(CLI::App& app) {
  auto preflight = std::make_shared<PreflightCommand>();
  preflight->declare(app);
  return [preflight] { return preflight->run(); };
}

}  // namespace luproof::cli
