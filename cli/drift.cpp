// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof drift LINUX_TREE`: which rules speak of a function that is no longer what it was.
#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/spec_files.h"
#include "cli/watch.h"
#include "model/spec_folders.h"
#include "model/whole_file.h"
#include "report/drift.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 16u << 20;

struct DriftCommand {
  std::string tree, kernel, format = "text";
  bool record = false;
  SpecsOption specs;
  Watch watch;

  int run();

 private:
  // The kernel whose fingerprints are there, if there is one only; "" after an error.
  std::string only_kernel(const fs::path& folder, model::Diagnostics& diagnostics) const;
  int write(const kernel::Fingerprints& recorded, const fs::path& file, const report::Request& here,
            model::Diagnostics& diagnostics) const;
};

std::string DriftCommand::only_kernel(const fs::path& folder,
                                      model::Diagnostics& diagnostics) const {
  std::vector<std::string> kernels;
  std::error_code none;
  for (const auto& file : fs::directory_iterator(folder, none))
    if (file.path().extension() == ".yaml") kernels.push_back(file.path().stem().string());
  if (kernels.size() == 1) return kernels[0];
  std::sort(kernels.begin(), kernels.end());
  if (kernels.empty())
    diagnostics.error({}, fmt::format("there are no fingerprints in {}", folder.string()),
                      "luproof drift --record LINUX_TREE writes them");
  else
    diagnostics.error({}, "there are fingerprints of several kernels",
                      "say --kernel, one of " + report::joined(kernels));
  return "";
}

int DriftCommand::write(const kernel::Fingerprints& recorded, const fs::path& file,
                        const report::Request& here, model::Diagnostics& diagnostics) const {
  if (recorded.functions.empty())
    diagnostics.error({}, fmt::format("no rule speaks of a function of {}", recorded.kernel),
                      "rules that cite it, as 'cite: " + recorded.kernel + "', and every 'at:'");
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  std::error_code none;
  fs::create_directories(file.parent_path(), none);
  if (!model::write_whole(file.string(), kernel::to_yaml(recorded), diagnostics))
    return report_diagnostics(diagnostics);
  fmt::print("{}", report::recorded_text(recorded, report::shown_path(file.string(), here)));
  return report::kHolds;
}

int DriftCommand::run() {
  model::Diagnostics diagnostics;
  watch.begin(diagnostics);
  const fs::path folder = model::shipped_folder(specs.folder());
  const auto opened = kernel::Tree::open(tree, diagnostics);
  if (!opened) return report_diagnostics(diagnostics);
  if (kernel.empty())
    kernel =
        record ? "linux-" + opened->release() : only_kernel(folder / "fingerprints", diagnostics);
  if (!kernel.empty() && (!kernel::plain_path(kernel) || kernel.find('/') != std::string::npos))
    diagnostics.error({}, fmt::format("'{}' is no name of a kernel", kernel),
                      "--kernel linux-7.3.4");
  std::vector<std::string> folders;
  if (const auto source =
          model::read_source((folder / "kernel-folders.yaml").string(), kLargestFile, diagnostics))
    folders = kernel::read_folders(source, diagnostics);
  const fs::path file = folder / "fingerprints" / (kernel + ".yaml");
  std::optional<kernel::Fingerprints> known;
  if (!record && diagnostics.ok())
    if (const auto source = model::read_source(file.string(), kLargestFile, diagnostics))
      known = kernel::read_fingerprints(source, diagnostics);
  const std::vector<std::string> files = spec_files({folder.string()}, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;

  model::LoadOptions load;
  load.specs = specs.folder();
  const auto going = [this] { return watch.going(); };
  const auto citations = kernel::citations_of(files, kernel, load, going, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  report::Request here;
  std::error_code no_folder;
  here.folder = fs::current_path(no_folder).string();
  const auto progress = [this](std::size_t done, std::size_t of) {
    constexpr std::size_t kEvery = 100;
    if (done % kEvery == 0) show_done("file", done, of);
    return watch.going();
  };
  if (record) {
    std::optional<kernel::Fingerprints> recorded;
    if (citations) recorded = kernel::record(*opened, folders, *citations, kernel, progress);
    end_progress();
    if (recorded) return write(*recorded, file, here, diagnostics);
    fmt::print("stopped by {}: nothing was written\n", watch.stopped());
    return report::kInconclusive;
  }
  kernel::Drift found;
  found.kernel = known->kernel;
  found.recorded = known->release;
  found.release = opened->release();
  found.uncompared = known->functions.size();
  if (citations) found = kernel::drift(*opened, folders, *known, *citations, progress);
  found.stopped = watch.stopped();
  end_progress();
  fmt::print("{}",
             format == "json" ? report::drift_json(found, here) : report::drift_text(found, here));
  return report::exit_status(found);
}

}  // namespace

Action drift_command(CLI::App& app) {
  auto drift = std::make_shared<DriftCommand>();
  app.add_option("LINUX_TREE", drift->tree, "A source tree of Linux")->required();
  app.add_flag("--record", drift->record, "Write the fingerprints of this tree instead");
  app.add_option("--kernel", drift->kernel,
                 "The source whose rules are meant, as linux-7.3.4 (default: the one that has\n"
                 "fingerprints; with --record: linux- and the tree's release)");
  app.add_option("--format", drift->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  drift->specs.declare(app);
  drift->watch.declare(app);
  app.footer(
      "Exit status: 0 every function is as recorded; 1 one is not; 2 the input is wrong;\n"
      "3 none was seen to change, but some have no fingerprint, or it was stopped (timeout, "
      "memory,\n"
      "Ctrl-C).");
  return [drift] { return drift->run(); };
}

}  // namespace luproof::cli
