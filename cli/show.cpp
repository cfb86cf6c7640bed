// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof show FILE --what …`: what a spec, or a dump, consists of.
#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <numeric>
#include <utility>

#include "cli/apart.h"
#include "cli/commands.h"
#include "cli/form.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "model/dependencies.h"
#include "model/whole_file.h"
#include "report/drawing.h"
#include "report/show.h"
#include "traces/limits.h"

namespace luproof::cli {
namespace {

constexpr std::size_t kMaximumDumpBytes = 64u << 20;
constexpr double kDrawingSeconds = 60;

struct Show {
  std::string file, what = "topology", topology, of;
  FormOptions form;
  bool dot = false;
  LimitOptions limits;
  SpecsOption specs;
  std::string variant;
  std::vector<std::string> choose;

  int dump() const;
  int run();
  int show_topology(const model::Topology& all) const;
  int show_dependencies(const model::Topology& all) const;
  int show(const std::string& text) const;
  int show_drawing(const std::string& dot_text) const;
  bool drawn() const { return dot || form.format != "text"; }
  // Of a drawing, which nobody waits for much longer.
  double seconds() const { return limits.timeout > 0 ? limits.timeout : kDrawingSeconds; }

 private:
  checker::Limits bounds_;
};

int Show::show(const std::string& text) const {
  model::Diagnostics diagnostics;
  if (form.output.empty())
    fmt::print("{}", text);
  else
    model::write_whole(form.output, text, diagnostics);
  return report_diagnostics(diagnostics);
}

// In a process of its own, which can be ended: nobody knows how long a layout takes.
int Show::show_drawing(const std::string& dot_text) const {
  if (form.format != "svg") return show(dot_text);  // --dot too
  report::Drawing drawing;
  std::string ended;  // by a limit, or by the user
  const auto work = [&](std::size_t) {
    std::signal(SIGINT, SIG_DFL);  // the layout would not look at what a handler sets
    const report::Drawing made = report::draw(dot_text);
    return made.problem.empty() ? "+" + made.svg : "-" + made.problem;
  };
  const auto done = [&](std::size_t, const Apart& apart) {
    if (apart.ended == "Ctrl-C" || apart.ended.starts_with("--") || interrupted())
      ended = interrupted() ? "Ctrl-C" : apart.ended;
    else if (!apart.ended.empty())
      drawing.problem = "the drawing was ended by " + apart.ended;
    else if (apart.result.starts_with("+"))
      drawing.svg = apart.result.substr(1);
    else
      drawing.problem = apart.result.empty() ? "nothing was drawn" : apart.result.substr(1);
  };
  apart(1, 1, {seconds(), bounds_.memory}, work, done);
  if (ended == "--timeout" && limits.timeout <= 0)
    ended = fmt::format("its {} seconds (--timeout says otherwise)", kDrawingSeconds);
  else if (ended == "--memory" && limits.memory.empty())
    ended = traces::kUsualMemory;
  constexpr const char* kElsewhere = "--format dot is the same for tools that draw more";
  if (!ended.empty()) {
    fmt::print(stderr, "luproof: the drawing was ended by {}: nothing is written\n  hint: {}\n",
               ended, kElsewhere);
    return report::kInconclusive;
  }
  if (drawing.problem.empty()) return show(drawing.svg);
  model::Diagnostics diagnostics;
  diagnostics.error({}, drawing.problem, kElsewhere);
  return report_diagnostics(diagnostics);
}

int Show::show_dependencies(const model::Topology& all) const {
  std::vector<int> shown(all.functions.size());
  std::iota(shown.begin(), shown.end(), 0);
  const int asked = of.empty() ? -1 : all.find(of);
  if (!of.empty() && asked < 0) {
    std::vector<std::string> known;
    for (const model::PciFunction& f : all.functions) known.push_back(f.name);
    model::Diagnostics diagnostics;
    diagnostics.error({}, fmt::format("--of {}: there is no such function", model::printable(of)),
                      suggestion(of, known));
    return report_diagnostics(diagnostics);
  }
  if (asked >= 0) shown = model::related(all, asked);
  return drawn() ? show_drawing(model::dependencies_dot(all, shown, asked))
                 : show(report::show_dependencies(all, shown));
}

int Show::show_topology(const model::Topology& all) const {
  if (what == "dependencies") return show_dependencies(all);
  return drawn() ? show_drawing(model::topology_dot(all)) : show(report::show_topology(all));
}

int Show::dump() const {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(topology, kMaximumDumpBytes, diagnostics);
  const auto read = source ? model::read_pci_dump(source, diagnostics) : std::nullopt;
  const int status = report_diagnostics(diagnostics);
  return read ? show_topology(*read) : status;
}

int Show::run() {
  model::Diagnostics diagnostics;
  bounds_ = limits.limits(diagnostics);
  stop_on_interrupt(bounds_);
  if (!dot) form.choose(diagnostics);
  const bool of_functions = what == "topology" || what == "dependencies";
  if (drawn() && !of_functions && what != "lifecycle")
    diagnostics.error({}, fmt::format("--what {} is a text and no drawing", what),
                      "--what topology, dependencies or lifecycle");
  if (!of.empty() && what != "dependencies")
    diagnostics.error({}, "--of chooses among dependencies", "--what dependencies --of FUNCTION");
  if (!diagnostics.ok()) return report_diagnostics(diagnostics);
  if (file.empty()) {
    if (!topology.empty()) return dump();
    diagnostics.error({}, "nothing to show", "name a spec, or a dump with --topology");
    return report_diagnostics(diagnostics);
  }
  ReadingOptions reading;
  reading.variant = variant;
  reading.choose = choose;
  reading.topology = topology;
  const auto load = reading.load(specs.folder(), diagnostics);
  if (!load) return report_diagnostics(diagnostics);
  const auto readings = model::readings(file, *load, diagnostics);
  if (!readings || readings->empty()) return report_diagnostics(diagnostics);
  if (what == "variants") {
    std::string last, names;  // a variant with open choices has several readings
    for (const model::Reading& one : *readings)
      if (std::exchange(last, one.variant) != one.variant)
        names += model::printable(one.variant) + "\n";
    return show(names);
  }
  const auto model = model::load(file, report::with_reading(*load, readings->front()), diagnostics);
  if (!model) return report_diagnostics(diagnostics);
  if (what == "properties") {
    std::string names;
    for (const model::Property& property : model->properties)
      names += model::printable(property.name) + "\n";
    return show(names);
  }
  if (of_functions) return show_topology(model->topology);
  if (what == "claims") return show(report::show_claims(*model));
  if (what == "lifecycle")
    return drawn() ? show_drawing(report::lifecycle_dot(*model))
                   : show(report::show_lifecycle(*model));
  const model::Layout layout(*model);
  const auto system = checker::ground(*model, layout, {.limits = &bounds_}, diagnostics);
  if (!system) return report_diagnostics(diagnostics);
  constexpr const char* kNothing = "nothing is shown";
  if (!system->unfinished.empty()) return stopped(bounds_, kNothing);
  const std::string text = report::show_system(*system);
  return bounds_.expired() ? stopped(bounds_, kNothing) : show(text);
}

}  // namespace

Action show_command(CLI::App& app) {
  auto show = std::make_shared<Show>();
  app.add_option("FILE", show->file, "Spec to show; its first variant unless --variant says which");
  app.add_option("--what", show->what,
                 "topology, dependencies (what each function hangs on), system, lifecycle or "
                 "claims; variants or properties: their names alone")
      ->check(CLI::IsMember(
          {"topology", "dependencies", "system", "lifecycle", "claims", "variants", "properties"}));
  app.add_option("--of", show->of,
                 "Of the dependencies only those of this function, and what depends on it");
  show->form.declare(app,
                     "text, dot (for Graphviz) or svg; drawings are of topology, dependencies and "
                     "lifecycle",
                     {"text", "dot", "svg"});
  app.add_flag("--dot", show->dot, "The same as --format dot");
  show->limits.declare_ends(app);
  app.get_option("--timeout")
      ->description(
          fmt::format("Stop after SECONDS, in all (default: {} for a drawing)", kDrawingSeconds));
  app.add_option("--topology", show->topology,
                 "An lspci or sysfs dump, instead of the spec's topology");
  app.add_option("--variant", show->variant, "Variant of the spec");
  app.add_option("--choose", show->choose, "NAME=ALTERNATIVE (repeatable)")
      ->allow_extra_args(false);
  show->specs.declare(app);
  return [show] { return show->run(); };
}

}  // namespace luproof::cli
