// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof rules PATH...`: the catalogue of the packs, for people, programs and docs/rules.md.
#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/spec_files.h"
#include "report/catalogue.h"
#include "report/facts.h"
#include "report/limits.h"

namespace luproof::cli {
namespace {

struct Rules {
  std::vector<std::string> paths;
  std::string format = "text";
  SpecsOption specs;

  int run() const {
    model::Diagnostics diagnostics;
    const std::vector<std::string> files = spec_files(paths, diagnostics);
    if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
    model::LoadOptions load;
    load.specs = specs.folder();
    if (format == "limits") {
      const std::string limits = report::limits_markdown(files, load, diagnostics);
      if (diagnostics.ok()) fmt::print("{}", limits);
      return report_diagnostics(diagnostics);
    }
    std::vector<report::Pack> packs = report::catalogue(files, load, diagnostics);
    if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
    report::Request here;
    std::error_code no_folder;
    here.folder = std::filesystem::current_path(no_folder).string();
    for (report::Pack& pack : packs) pack.path = report::shown_path(pack.path, here);
    fmt::print("{}", format == "json"       ? report::catalogue_json(packs)
                     : format == "markdown" ? report::catalogue_markdown(packs)
                                            : report::catalogue_text(packs));
    return report::kHolds;
  }
};

}  // namespace

Action rules_command(CLI::App& app) {
  auto rules = std::make_shared<Rules>();
  app.add_option("PATH", rules->paths, "Packs and specs, or folders of them")->required();
  app.add_option(
         "--format", rules->format,
         "text, json or markdown (docs/rules.md); limits: what specs leave out, and what is not "
         "certain")
      ->check(CLI::IsMember({"text", "json", "markdown", "limits"}));
  rules->specs.declare(app);
  app.footer("Exit status: 0; 2 the input is wrong.");
  return [rules] { return rules->run(); };
}

}  // namespace luproof::cli
