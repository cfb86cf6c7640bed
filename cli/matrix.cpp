// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof matrix DESIGN [KERNEL...]`: every ordered pair of kernels as the old and the new one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "model/matrix.h"
#include "report/matrix.h"

namespace luproof::cli {
namespace {

using checker::Matrix;
using checker::Pair;
using model::Diagnostics;

struct MatrixCommand {
  std::string file, format = "text", runs = "shortest";
  std::vector<std::string> kernels, properties;
  int jobs = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  std::vector<std::string> chosen(const model::Composition& composition,
                                  Diagnostics& diagnostics) const;
  void load_all(const Matrix& matrix, const model::LoadOptions& load,
                Diagnostics& diagnostics) const;
  void check_all(Matrix& matrix, const model::LoadOptions& load,
                 const checker::Limits& bounds) const;
  std::string again() const;
};

void MatrixCommand::declare(CLI::App& app) {
  app.add_option("DESIGN", file, "A spec whose variants are kernels")->required();
  app.add_option("KERNEL", kernels,
                 "Variants, the oldest first; without any those of `matrix:`, or all");
  app.add_option("--property", properties, "Only this property (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--format", format, "text (100 columns), markdown or json (one object)")
      ->check(CLI::IsMember({"text", "markdown", "json"}));
  app.add_option("--runs", runs,
                 "Of each pair that is violated: none, the steps of the shortest, or all runs in "
                 "full (default: shortest)")
      ->check(CLI::IsMember({"none", "shortest", "all"}));
  app.add_option("--jobs", jobs, "Pairs at a time")->check(CLI::Range(1, 256));
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
}

std::vector<std::string> MatrixCommand::chosen(const model::Composition& composition,
                                               Diagnostics& diagnostics) const {
  std::vector<std::string> all = kernels;
  std::vector<std::string> known;
  for (const model::VariantInfo& variant : composition.variants) known.push_back(variant.name);
  if (all.empty()) all = model::kernels_of(composition, diagnostics).value_or(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::find(known.begin(), known.end(), all[i]) == known.end())
      diagnostics.error({}, fmt::format("{} has no variant '{}'", file, all[i]),
                        suggestion(all[i], known));
    if (std::find(all.begin(), all.begin() + static_cast<long>(i), all[i]) !=
        all.begin() + static_cast<long>(i))
      diagnostics.error({}, fmt::format("the kernel '{}' is named twice", all[i]));
  }
  if (diagnostics.ok() && (all.size() < 2 || all.size() > model::kMostKernels))
    diagnostics.error({},
                      fmt::format("a matrix has from 2 to {} kernels, and here {} {}",
                                  model::kMostKernels, all.size() == 1 ? "is" : "are", all.size()),
                      all.size() > 1     ? "name those that matter"
                      : known.size() < 2 ? "each variant of a design is a kernel, and " + file +
                                               " has fewer than 2: "
                                               "docs/matrix.md"
                                         : "each variant of a design is a kernel: " +
                                               fmt::format("{}", fmt::join(known, ", ")));
  return all;
}

// Whatever is wrong with a pair is told before the first search.
void MatrixCommand::load_all(const Matrix& matrix, const model::LoadOptions& load,
                             Diagnostics& diagnostics) const {
  std::vector<std::string> known;
  for (const Pair& pair : matrix.pairs) {
    model::LoadOptions with = load;
    with.variant = matrix.kernels[pair.first];
    with.later = matrix.kernels[pair.later];
    const auto loaded = model::load(file, with, diagnostics);
    if (!loaded) return;
    for (const model::Choice& choice : loaded->choices)
      if (choice.selected < 0)
        return diagnostics.error(choice.origin.span,
                                 fmt::format("the choice '{}' is open", choice.name),
                                 fmt::format("a kernel is one thing: --choose {}=…", choice.name));
    for (const model::Property& property : loaded->properties) known.push_back(property.name);
  }
  require_properties(properties, std::move(known), diagnostics);
}

void MatrixCommand::check_all(Matrix& matrix, const model::LoadOptions& load,
                              const checker::Limits& bounds) const {
  checker::CheckOptions options;
  options.properties = properties;
  options.needs = false;
  options.threads = 1;  // pairs are searched side by side
  checker::Limits quiet = bounds.shared_by(at_a_time(matrix.pairs.size(), jobs));
  quiet.progress = nullptr;
  std::mutex mutex;
  std::size_t done = 0;
  side_by_side(matrix.pairs.size(), jobs, [&](std::size_t i) {
    Pair& pair = matrix.pairs[i];
    Diagnostics trouble;
    pair.checked =
        checker::check(file, load, checker::reading_of(matrix, pair), options, quiet, trouble);
    if (!trouble.ok()) pair.checked.reset();
    if (!pair.checked)
      pair.error = trouble.all().empty() ? "it does not load" : trouble.all()[0].message;
    if (pair.checked) checker::keep_only(*pair.checked, properties);
    const std::lock_guard lock(mutex);
    show_done("pair", ++done, matrix.pairs.size());
  });
  end_progress();
}

std::string MatrixCommand::again() const {
  std::string text = "luproof matrix " + report::quoted(file);
  for (const std::string& one : kernels) text += " " + report::quoted(one);
  for (const std::string& one : properties) text += " --property " + report::quoted(one);
  for (const std::string& one : reading.choose) text += " --choose " + report::quoted(one);
  for (const std::string& one : reading.allow) text += " --allow " + report::quoted(one);
  for (const std::string& one : reading.without) text += " --without " + report::quoted(one);
  if (!reading.topology.empty()) text += " --topology " + report::quoted(reading.topology);
  if (reading.vfs > 0) text += fmt::format(" --vfs {}", reading.vfs);
  if (limits.bound >= 0) text += fmt::format(" --bound {}", limits.bound);
  return text;
}

int MatrixCommand::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto load = reading.load(specs.folder(), diagnostics);
  if (!reading.variant.empty())
    diagnostics.error({}, "--variant is one kernel, and a matrix has several",
                      "luproof matrix DESIGN KERNEL KERNEL");
  const auto composition =
      load && diagnostics.ok() ? model::compose(file, *load, diagnostics) : std::nullopt;
  if (!composition) return report_diagnostics(diagnostics);
  Matrix matrix = checker::matrix_of(chosen(*composition, diagnostics));
  if (diagnostics.ok()) load_all(matrix, *load, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;

  stop_on_interrupt(bounds);
  check_all(matrix, *load, bounds);
  report::MatrixRequest request;
  request.base.path = file;
  request.base.bound = limits.bound;
  reading.repeat(request.base);
  if (const auto* about = composition->documents.back()->root.find("about"))
    request.about = about->value.text;
  request.again = again();
  request.runs = runs == "none"  ? report::Runs::None
                 : runs == "all" ? report::Runs::All
                                 : report::Runs::Shortest;
  if (format == "json")
    fmt::print("{}", report::matrix_json(matrix, request));
  else if (format == "markdown")
    fmt::print("{}", report::matrix_markdown(matrix, request));
  else
    fmt::print("{}", report::matrix_text(matrix, request,
                                         report::TextOptions{report::Style{colour.use()}}));
  return report::exit_status(matrix);
}

}  // namespace

Action matrix_command(CLI::App& app) {
  auto matrix = std::make_shared<MatrixCommand>();
  matrix->declare(app);
  return [matrix] { return matrix->run(); };
}

}  // namespace luproof::cli
