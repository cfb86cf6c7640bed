// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof diff A B`: what the second design gained, gave up and took for granted.
#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "report/diff_report.h"

namespace luproof::cli {
namespace {

using model::Diagnostics;

// "FILE" or "FILE:VARIANT"; a file whose name has a colon is a file.
struct Named {
  std::string path, variant;
};
Named named(const std::string& text) {
  std::error_code error;
  const std::size_t colon = text.rfind(':');
  if (std::filesystem::exists(text, error) || colon == std::string::npos || colon == 0)
    return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

struct DiffCommand {
  std::string a, b, variant, format = "text";
  bool verbose = false;
  SpecsOption specs;
  LimitOptions limits;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  std::optional<checker::Side> side(const Named& name, Diagnostics& diagnostics,
                                    std::string& shown) const;
};

void DiffCommand::declare(CLI::App& app) {
  app.add_option("A", a, "A design, or one of its variants: FILE or FILE:VARIANT")->required();
  app.add_option("B", b, "The design to compare it with, written the same way")->required();
  app.add_option("--variant", variant, "Only this variant of both");
  app.add_option("--format", format, "text, markdown or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  app.add_flag("--verbose", verbose, "Every behaviour with its run, every rule in full");
  specs.declare(app);
  limits.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 no verdict differs; 1 some verdict differs; 2 the input is wrong;\n"
      "3 something could not be decided (bound, timeout, memory).");
}

std::optional<checker::Side> DiffCommand::side(const Named& name, Diagnostics& diagnostics,
                                               std::string& shown) const {
  checker::Side side;
  side.path = name.path;
  side.load.specs = specs.folder();
  model::LoadOptions of_variant = side.load;
  of_variant.variant = name.variant.empty() ? variant : name.variant;
  auto readings = model::readings(side.path, of_variant, diagnostics);
  const auto composition = model::compose(side.path, of_variant, diagnostics);
  if (!readings || !composition) return std::nullopt;
  side.readings = std::move(*readings);
  shown = composition->documents.back()->name;
  if (!name.variant.empty()) shown += ":" + name.variant;
  return side;
}

int DiffCommand::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const Named name_a = named(a), name_b = named(b);
  if (!variant.empty() && (!name_a.variant.empty() || !name_b.variant.empty()))
    diagnostics.error({}, "--variant and FILE:VARIANT name variants twice",
                      "leave one of them out");
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  report::DiffRequest request;
  const auto side_a = side(name_a, diagnostics, request.name_a);
  const auto side_b = side(name_b, diagnostics, request.name_b);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  if (request.name_a == request.name_b) {  // two files of one name
    request.name_a = a;
    request.name_b = b;
  }
  std::error_code no_folder;
  request.a.path = name_a.path;
  request.b.path = name_b.path;
  request.a.folder = request.b.folder = std::filesystem::current_path(no_folder).string();
  request.again = "luproof diff " + report::quoted(a) + " " + report::quoted(b);
  if (!variant.empty()) request.again += " --variant " + report::quoted(variant);

  stop_on_interrupt(bounds);
  show_progress(bounds, a + " and " + b);
  Diagnostics trouble;
  // The states of both are there at a time.
  const auto diff = checker::diff(*side_a, *side_b, verbose, bounds.shared_by(2), trouble);
  end_progress();
  const int status = report_diagnostics(trouble);
  if (!diff) return report::kWrongInput;
  if (format == "json")
    fmt::print("{}", report::diff_json(*diff, request));
  else if (format == "markdown")
    fmt::print("{}", report::diff_markdown(*diff, request));
  else
    fmt::print("{}", report::diff_text(*diff, request,
                                       report::TextOptions{report::Style{colour.use()}, verbose}));
  return report::worse(status, report::exit_status(*diff));
}

}  // namespace

Action diff_command(CLI::App& app) {
  auto diff = std::make_shared<DiffCommand>();
  diff->declare(app);
  return [diff] { return diff->run(); };
}

}  // namespace luproof::cli
