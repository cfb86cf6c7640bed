// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof show FILE --what …`: what a spec, or a dump, consists of.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "report/show.h"

namespace luproof::cli {
namespace {

constexpr std::size_t kMaximumDumpBytes = 64u << 20;

struct Show {
  std::string file, what = "topology", topology;
  bool dot = false;
  SpecsOption specs;
  std::string variant;
  std::vector<std::string> choose;

  int dump() const;
  int run() const;
};

int print_topology(const model::Topology& topology, bool dot) {
  fmt::print("{}", dot ? model::topology_dot(topology) : report::show_topology(topology));
  return report::kHolds;
}

int Show::dump() const {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(topology, kMaximumDumpBytes, diagnostics);
  const auto read = source ? model::read_pci_dump(source, diagnostics) : std::nullopt;
  const int status = report_diagnostics(diagnostics);
  return read ? print_topology(*read, dot) : status;
}

int Show::run() const {
  model::Diagnostics diagnostics;
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
  const auto model = model::load(file, report::with_reading(*load, readings->front()), diagnostics);
  if (!model) return report_diagnostics(diagnostics);
  if (what == "topology") return print_topology(model->topology, dot);
  if (what == "claims") {
    fmt::print("{}", report::show_claims(*model));
    return report::kHolds;
  }
  if (what == "lifecycle") {
    fmt::print("{}", dot ? report::lifecycle_dot(*model) : report::show_lifecycle(*model));
    return report::kHolds;
  }
  const model::Layout layout(*model);
  const auto system = checker::ground(*model, layout, {}, diagnostics);
  if (!system) return report_diagnostics(diagnostics);
  fmt::print("{}", report::show_system(*system));
  return report::kHolds;
}

}  // namespace

Action show_command(CLI::App& app) {
  auto show = std::make_shared<Show>();
  app.add_option("FILE", show->file, "Spec to show; its first variant unless --variant says which");
  app.add_option("--what", show->what, "topology, system, lifecycle or claims")
      ->check(CLI::IsMember({"topology", "system", "lifecycle", "claims"}));
  app.add_flag("--dot", show->dot, "Graphviz text (topology and lifecycle)");
  app.add_option("--topology", show->topology,
                 "An lspci or sysfs dump, instead of the spec's topology");
  app.add_option("--variant", show->variant, "Variant of the spec");
  app.add_option("--choose", show->choose, "NAME=ALTERNATIVE (repeatable)")
      ->allow_extra_args(false);
  show->specs.declare(app);
  return [show] { return show->run(); };
}

}  // namespace luproof::cli
