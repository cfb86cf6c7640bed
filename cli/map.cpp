// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof map SERIES [DESIGN]`: which functions of a posted series a design speaks of.
#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/spec_files.h"
#include "cli/watch.h"
#include "model/spec_folders.h"
#include "report/map.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

struct MapCommand {
  std::string series, design, tree, name = "new-design", format = "text";
  SpecsOption specs;
  Watch watch;

  int run();
};

int MapCommand::run() {
  model::Diagnostics diagnostics;
  watch.begin(diagnostics);
  const auto read = kernel::read_series(series, diagnostics);
  std::optional<kernel::Tree> opened;
  if (!tree.empty()) opened = kernel::Tree::open(tree, diagnostics);
  model::LoadOptions load;
  load.specs = specs.folder();
  std::vector<std::string> files = {design};
  std::vector<model::Rule> own;
  if (design.empty())
    files =
        spec_files({(fs::path(model::shipped_folder(load.specs)) / "rules").string()}, diagnostics);
  else if (const auto composition = model::compose(design, load, diagnostics))
    own = model::rules_of(*composition->documents.back());
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;

  const auto going = [&] { return watch.going(); };
  const auto citations = kernel::citations_of(files, "", load, going, diagnostics);
  const auto others = kernel::citations_of(
      spec_files({model::shipped_folder(load.specs)}, diagnostics), "", load, going, diagnostics);
  kernel::Mapping mapping;
  mapping.title = read->title;
  mapping.left = read->patches.size();
  if (citations && others) {
    const auto next = [&, done = std::size_t{0}]() mutable {
      show_done("patch", done++, read->patches.size());
      return watch.going();
    };
    const auto changes = kernel::changes_of(*read, opened ? &*opened : nullptr, next);
    mapping =
        kernel::map_series(read->title, changes, *citations, *others, own, design, diagnostics);
    mapping.left = read->patches.size() - changes.size();
  }
  end_progress();
  mapping.stopped = watch.stopped();
  // What no hunk bears out so far, a patch that was not looked at may.
  if (mapping.left > 0) mapping.unsupported.clear();
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  report::Request here;
  std::error_code no_folder;
  here.folder = fs::current_path(no_folder).string();
  fmt::print("{}", format == "json"       ? report::map_json(mapping, here)
                   : format == "markdown" ? report::map_markdown(mapping, here)
                   : design.empty()       ? report::skeleton(mapping, name)
                                          : report::map_text(mapping, here));
  return report::exit_status(mapping);
}

}  // namespace

Action map_command(CLI::App& app) {
  auto map = std::make_shared<MapCommand>();
  app.add_option("SERIES", map->series, "An mbox, a patch, or a folder of patches")->required();
  app.add_option("DESIGN", map->design, "A design (default: write the skeleton of one)");
  app.add_option("--tree", map->tree, "The source tree of Linux that the series was made for");
  app.add_option("--name", map->name, "Of the design to be written");
  app.add_option("--format", map->format, "text, markdown or json")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  map->specs.declare(app);
  map->watch.declare(app);
  app.footer(
      "Exit status: 0; 1 a patch: or at: of the design is not borne out; 2 the input is wrong;\n"
      "3 stopped (timeout, memory, Ctrl-C).");
  return [map] { return map->run(); };
}

}  // namespace luproof::cli
