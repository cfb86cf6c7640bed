// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof reproduce RUN.json`: a counterexample as a script for a real kernel, what to record of
// it, and what the capture has to show; with --verdict, whether it did.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "model/spec_folders.h"
#include "model/whole_file.h"
#include "report/reproduce/plan.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileLimit = 1u << 20;

struct Reproduce {
  std::string path, output, forces, verdict, roles;
  report::RunPick pick;
  traces::ProbeOptions probes;
  SpecsOption specs;

  void declare(CLI::App& app);
  int run();

 private:
  int judge() const;
  std::string command() const;
};

void Reproduce::declare(CLI::App& app) {
  app.add_option("RUN", path,
                 "A run in a file, as check --format json prints it; with --verdict the\n"
                 "prediction.json that was made of one")
      ->required();
  app.add_option("-o,--output", output,
                 "A folder for reproduce.sh, record.sh and prediction.json (default: print the\n"
                 "script)");
  app.add_option("--property", pick.property, "Of several runs in a file");
  app.add_option("--variant", pick.variant, "Likewise");
  app.add_option("--forces", forces, "What can be done (default: forces.yaml of the specs)");
  app.add_option("--kernel", probes.kernel, "The kernel's release: uname -r");
  app.add_option("--btf", probes.btf, "/sys/kernel/btf/vmlinux of the kernel, for record.sh");
  auto* const held = app.add_option("--verdict", verdict,
                                    "What luproof trace --format json said of the capture:\n"
                                    "say whether it is what was predicted");
  auto* const found = app.add_option("--roles", roles, "The roles.txt that the script has written");
  held->needs(found);
  found->needs(held);
  specs.declare(app);
  app.footer(
      "Exit status: 0 the script is written, or the prediction came true; 1 it did not;\n"
      "2 the input is wrong; 3 the capture cannot tell.");
}

std::string Reproduce::command() const {
  std::string all = "reproduce " + report::quoted(path);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) all += fmt::format(" {} {}", name, report::quoted(value));
  };
  add("--property", pick.property);
  add("--variant", pick.variant);
  add("--forces", forces);
  add("--kernel", probes.kernel);
  return all;
}

int Reproduce::judge() const {
  model::Diagnostics diagnostics;
  const auto fulfilled = report::fulfilment(path, verdict, roles, diagnostics);
  if (!fulfilled) return report_diagnostics(diagnostics);
  fmt::print("{}", fulfilled->text);
  return fulfilled->status;
}

int Reproduce::run() {
  if (!verdict.empty()) return judge();
  model::Diagnostics diagnostics;
  probes.specs = specs.folder();
  const auto source =
      model::read_source(forces.empty() ? model::find_spec(probes.specs, "forces.yaml") : forces,
                         kFileLimit, diagnostics);
  const auto known = source ? report::read_forces(source, diagnostics) : std::nullopt;
  if (!known) return report_diagnostics(diagnostics);
  const auto file = report::read_run_file(path, pick, probes.specs, diagnostics);
  if (!file) return report_diagnostics(diagnostics);
  const auto loaded = report::load_run(path, *file, diagnostics);
  if (!loaded) return report_diagnostics(diagnostics);
  probes.command = command();
  const auto recorded = traces::make_plan(probes, diagnostics);
  if (!recorded) return report_diagnostics(diagnostics);
  const auto lines = model::read_source(
      model::find_spec(probes.specs, fmt::format("bindings/{}.yaml", recorded->binding)),
      kFileLimit, diagnostics);
  const auto binding = lines ? traces::read_binding(lines, diagnostics) : std::nullopt;
  if (!binding) return report_diagnostics(diagnostics);
  const auto plan =
      report::plan_reproduction(*loaded, *file, *known, *recorded, *binding, diagnostics);
  if (!plan) return report_diagnostics(diagnostics);
  const std::string script =
      report::reproduction_script(*plan, loaded->checked.model->topology, command());
  if (output.empty()) {
    fmt::print("{}", script);
    return report::kHolds;
  }
  const std::string record = traces::print_plan(*recorded, traces::Form::Tracefs, diagnostics);
  if (!diagnostics.ok()) return report_diagnostics(diagnostics);
  std::error_code error;
  const fs::path folder(output);
  fs::create_directories(folder, error);
  if (error)
    diagnostics.error({}, fmt::format("cannot make the folder {}: {}", output, error.message()));
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  for (const auto& [name, text] : std::vector<std::pair<const char*, std::string>>{
           {"reproduce.sh", script},
           {"record.sh", record},
           {"prediction.json",
            report::prediction_json(plan->prediction, plan->spec, plan->variant)}})
    model::write_whole((folder / name).string(), text, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  fmt::print("{}", report::reproduction_text(*plan));
  fmt::print("Written: reproduce.sh, record.sh and prediction.json in {}\n",
             model::printable(output));
  return report::kHolds;
}

}  // namespace

Action reproduce_command(CLI::App& app) {
  auto reproduce = std::make_shared<Reproduce>();
  reproduce->declare(app);
  return [reproduce] { return reproduce->run(); };
}

}  // namespace luproof::cli
