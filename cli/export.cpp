// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof export FILE --to LANGUAGE`: the transition system for other people's checkers.
#include "checker/export/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/export_rv.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "model/whole_file.h"
#include "report/facts.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
namespace exporter = checker::exporter;
using model::Diagnostics;

constexpr const char* kMonitors = "rv";  // of the states that are reached, not of the system
constexpr const char* kNothing = "nothing is written";

struct Export {
  std::string file, to, output;
  std::vector<std::string> properties;
  SpecsOption specs;
  ReadingOptions reading;
  LimitOptions limits;
  RvOptions rv;

  void declare(CLI::App& app);
  int run() const;

 private:
  std::vector<int> only(const model::Model& model, Diagnostics& diagnostics) const;
};

std::string known_targets() {
  std::vector<std::string> names;
  for (const exporter::Target& target : exporter::targets()) names.emplace_back(target.name);
  names.emplace_back(kMonitors);
  return report::joined(names);
}

std::string reading_text(const model::Reading& reading) {
  std::string text = reading.variant.empty() ? "" : " --variant " + report::quoted(reading.variant);
  for (const auto& [name, alternative] : reading.choices)
    text += " --choose " + report::quoted(name + "=" + alternative);
  return text;
}

std::vector<int> Export::only(const model::Model& model, Diagnostics& diagnostics) const {
  std::vector<int> indices;
  std::vector<std::string> names;
  for (const model::Property& p : model.properties) names.push_back(p.name);
  for (const std::string& property : properties) {
    const auto at = std::find(names.begin(), names.end(), property);
    if (at == names.end())
      diagnostics.error({}, fmt::format("there is no property '{}'", property),
                        suggestion(property, names));
    else
      indices.push_back(static_cast<int>(at - names.begin()));
  }
  return indices;
}

int Export::run() const {
  Diagnostics diagnostics;
  const exporter::Target* target = exporter::find_target(to);
  const bool monitor = to == kMonitors;
  if (monitor && !rv.list && !output.empty()) check_rv_file(output, diagnostics);
  if (!monitor && (rv.any() || limits.bound >= 0))
    diagnostics.error({}, "--watch, --event, --for, --kernel, --list and --bound are for --to rv");
  if (!target && !monitor)
    diagnostics.error({}, fmt::format("luproof does not write '{}'", to),
                      "known: " + known_targets());
  if (target && !target->beside.empty() && output.empty())
    diagnostics.error({}, fmt::format("{} wants two files", to), "name the first one with -o FILE");
  checker::Limits bounds = limits.limits(diagnostics);
  stop_on_interrupt(bounds);
  const auto load = reading.load(specs.folder(), diagnostics);
  if (!load || !diagnostics.ok()) return report_diagnostics(diagnostics);
  const auto readings = model::readings(file, *load, diagnostics);
  if (!readings || readings->empty()) return report_diagnostics(diagnostics);
  if (readings->size() > 1) {
    std::vector<std::string> ways;
    for (const model::Reading& one : *readings) ways.push_back(reading_text(one).substr(1));
    diagnostics.error({}, fmt::format("{} can be read in {} ways", file, readings->size()),
                      "say which: " + report::joined(ways, " | "));
    return report_diagnostics(diagnostics);
  }
  const auto model = model::load(file, report::with_reading(*load, readings->front()), diagnostics);
  if (!model) return report_diagnostics(diagnostics);
  const std::vector<int> wanted = only(*model, diagnostics);
  if (monitor && diagnostics.ok()) {
    int status = report::kHolds;
    const std::string text = rv.write(*model, wanted, bounds, diagnostics, status);
    if (text.empty()) return diagnostics.ok() ? status : report_diagnostics(diagnostics);
    if (output.empty())
      fmt::print("{}", text);
    else
      model::write_whole(output, text, diagnostics);
    return diagnostics.ok() ? status : report_diagnostics(diagnostics);
  }
  const model::Layout layout(*model);
  const auto system = diagnostics.ok()
                          ? checker::ground(*model, layout, {.limits = &bounds}, diagnostics)
                          : nullptr;
  if (!system) return report_diagnostics(diagnostics);
  if (!system->unfinished.empty()) return stopped(bounds, kNothing);
  const exporter::Written written = target->write(exporter::lower(*system, wanted));
  if (bounds.expired()) return stopped(bounds, kNothing);
  if (output.empty()) {
    fmt::print("{}", written.text);
  } else if (model::write_whole(output, written.text, diagnostics) && !target->beside.empty()) {
    fs::path second = output;
    model::write_whole(second.replace_extension(target->beside).string(), written.beside,
                       diagnostics);
  }
  return report_diagnostics(diagnostics);
}

void Export::declare(CLI::App& app) {
  app.add_option("FILE", file, "Spec to export")->required();
  app.add_option("--to", to, known_targets())->required();
  app.add_option("-o,--output", output, "Write to this file instead of standard output");
  app.add_option("--property", properties, "Only this property (repeatable)")
      ->allow_extra_args(false);
  specs.declare(app);
  reading.declare(app);
  limits.declare_ends(app);
  rv.declare(app, limits);
}

}  // namespace

Action export_command(CLI::App& app) {
  auto task = std::make_shared<Export>();
  task->declare(app);
  return [task] { return task->run(); };
}

}  // namespace luproof::cli
