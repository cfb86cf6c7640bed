// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof check FILE...`: every reading of each file, and a report of what was found.
//
// All files are loaded and all names looked up before the first search, so that a slip is told at
// once and not after an hour. Reports are kept until the end only where the form is one object.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/certificate.h"
#include "cli/commands.h"
#include "cli/each_patch.h"
#include "cli/form.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "model/whole_file.h"
#include "report/check_page.h"
#include "report/fit.h"
#include "report/json.h"
#include "report/mail.h"
#include "report/sarif.h"
#include "report/text.h"
#include "report/why.h"

namespace luproof::cli {
namespace {

using checker::Checked;
using model::Diagnostics;

struct Job {
  std::string path;
  std::vector<model::Reading> readings;
};

struct Check {
  std::vector<std::string> files, properties;
  std::string engine = "auto", certificate, then;
  FormOptions form;
  bool verbose = false, statistics = false, no_symmetry = false, why = false, each_patch = false;
  int threads = 0;
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run();

 private:
  std::vector<Job> jobs(const model::LoadOptions& load, Diagnostics& diagnostics) const;
  void know_properties(const std::vector<Job>& jobs, const model::LoadOptions& load,
                       Diagnostics& diagnostics) const;
  void one_certificate_each(const std::vector<Job>& jobs, Diagnostics& diagnostics) const;
  std::string report_of(const Checked& checked, const report::Request& request,
                        const report::TextOptions& text, const std::string& proof) const;
  std::string certificate_of(const Checked& checked, int& status) const;
  std::string report_of_all(const std::vector<std::pair<Checked, report::Request>>& results,
                            Diagnostics& diagnostics) const;
  int patch_by_patch(const std::vector<Job>& jobs, const model::LoadOptions& load,
                     const checker::CheckOptions& options, const checker::Limits& bounds,
                     const report::Request& request) const;
};

void Check::declare(CLI::App& app) {
  app.add_option("FILE", files, "Specs to check")->required();
  app.add_option("--property", properties, "Only this property (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--engine", engine,
                 "explorer (every state), smt (solver), pdr (proof) or auto: the explorer, or the "
                 "solver where the topology leaves too much open")
      ->check(CLI::IsMember({"auto", "explorer", "smt", "pdr"}));
  form.declare(app,
               "text, json (one object), mail (72 columns), html (a page for a browser) or sarif",
               {"text", "json", "mail", "html", "sarif"});
  app.add_flag("--verbose", verbose, "Show silent steps and witnesses in full");
  app.add_flag("--stats", statistics, "Show what the engine did");
  app.add_flag("--no-symmetry", no_symmetry,
               "Explore every state, also those that differ by an exchange only");
  app.add_option("--threads", threads, "Of the explorer (default: as many as pay)")
      ->check(CLI::Range(1, 64));
  app.add_option("--certificate", certificate,
                 "Write the proof as SMT-LIB 2 for other solvers: a file, or a folder where there "
                 "are several readings");
  app.add_flag("--why", why, "Say why a property holds: the invariant, and what it rests on");
  app.add_option("--then", then,
                 "The variant that every kernel but the first is (see matrix); with --variant");
  app.add_flag("--each-patch", each_patch,
               "The verdicts without the patches of the series, with the first, with two, …");
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
}

std::vector<Job> Check::jobs(const model::LoadOptions& load, Diagnostics& diagnostics) const {
  std::vector<Job> all;
  for (const std::string& path : files) {
    Diagnostics own;  // an error in one file does not hide what is wrong in the next
    auto readings = model::readings(path, load, own);
    if (readings && !then.empty())
      for (model::Reading& one : *readings) {
        one.later = then;
        model::load(path, report::with_reading(load, one), own);
      }
    for (const model::Diagnostic& d : own.all())
      if (d.severity == model::Severity::Error)
        diagnostics.error(d.span, d.message, d.hint);
      else
        diagnostics.warning(d.span, d.message, d.hint);
    if (readings && own.ok()) all.push_back({path, std::move(*readings)});
  }
  return all;
}

// A name counts as known if any of the files has it, or if it is built in.
void Check::know_properties(const std::vector<Job>& jobs, const model::LoadOptions& load,
                            Diagnostics& diagnostics) const {
  if (properties.empty()) return;
  std::vector<std::string> known;
  for (const Job& job : jobs)
    for (const model::Reading& one : job.readings) {
      Diagnostics ignored;  // the readings have been loaded once without an error
      const auto model = model::load(job.path, report::with_reading(load, one), ignored);
      if (!model) continue;
      for (const model::Property& property : model->properties) known.push_back(property.name);
    }
  require_properties(properties, std::move(known), diagnostics);
}

void Check::one_certificate_each(const std::vector<Job>& jobs, Diagnostics& diagnostics) const {
  std::size_t readings = 0;
  for (const Job& job : jobs) readings += job.readings.size();
  std::error_code error;
  if (certificate.empty() || readings < 2 || certificate.back() == '/' ||
      std::filesystem::is_directory(certificate, error))
    return;
  diagnostics.error(
      {}, fmt::format("--certificate {} is one file for {} readings", certificate, readings),
      "name a folder, or choose a reading with --variant and --choose");
}

int Check::patch_by_patch(const std::vector<Job>& jobs, const model::LoadOptions& load,
                          const checker::CheckOptions& options, const checker::Limits& bounds,
                          const report::Request& request) const {
  std::vector<PatchTask> tasks;
  for (const Job& job : jobs)
    for (const model::Reading& one : job.readings) tasks.push_back({job.path, one});
  return each_patch_of(tasks, load, options, bounds, request, form.format, colour.use());
}

bool one_object(const std::string& format) { return format != "text" && format != "mail"; }

std::string Check::report_of(const Checked& checked, const report::Request& request,
                             const report::TextOptions& text, const std::string& proof) const {
  if (form.format == "mail") {
    Diagnostics ignored;  // without its sources a mail still says what it has to
    return report::mail(checked, request,
                        report::sources_for(specs.folder(), request.path, ignored));
  }
  return report::text(checked, request, text) +
         (why ? report::why_text(checked, request, text.style) : "") +
         (proof.empty() ? "" : fmt::format("  certificate: {}\n", model::printable(proof)));
}

std::string Check::report_of_all(const std::vector<std::pair<Checked, report::Request>>& results,
                                 Diagnostics& diagnostics) const {
  if (form.format == "json") return report::json(results);
  report::Sources sources;
  for (const std::string& file : files)
    sources.merge(report::sources_for(specs.folder(), file, diagnostics));
  return form.format == "html" ? report::check_page(results, sources)
                               : report::check_sarif(results, sources);
}

// The file it is in, or "".
std::string Check::certificate_of(const Checked& checked, int& status) const {
  if (certificate.empty()) return "";
  const auto path = write_certificate(checked, certificate);
  if (!path)
    status = report::kWrongInput;
  else if (path->empty())
    status = report::worse(status, report::kInconclusive);
  return path.value_or("");
}

int Check::run() {
  Diagnostics diagnostics;
  form.choose(diagnostics);
  checker::Limits bounds = limits.limits(diagnostics);
  const auto load = reading.load(specs.folder(), diagnostics);
  if (!load) return report_diagnostics(diagnostics);
  const std::vector<Job> all = jobs(*load, diagnostics);
  know_properties(all, *load, diagnostics);
  one_certificate_each(all, diagnostics);
  if (each_patch && (!certificate.empty() || why || !form.output.empty() ||
                     (form.format != "text" && form.format != "json")))
    diagnostics.error({}, "--each-patch is a table of verdicts",
                      "without --certificate, --why and --output, as text or json");
  if (!then.empty() && (each_patch || !certificate.empty()))
    diagnostics.error(
        {}, fmt::format("--then goes without {}", each_patch ? "--each-patch" : "--certificate"),
        "that is about kernels that are all the same");
  else if (!then.empty() && reading.variant.empty())
    diagnostics.error({}, "--then is the later kernels' variant, beside that of the first",
                      "luproof check DESIGN --variant OLD --then NEW");
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;

  stop_on_interrupt(bounds);
  checker::CheckOptions options;
  options.engine = engine == "smt"        ? checker::Engine::Smt
                   : engine == "pdr"      ? checker::Engine::Pdr
                   : engine == "explorer" ? checker::Engine::Explorer
                                          : checker::Engine::Auto;
  options.properties = properties;
  options.symmetry = !no_symmetry;
  options.threads = threads;
  options.prove = !certificate.empty();
  options.why = why;
  options.any_vfs = options.engine == checker::Engine::Auto && reading.vfs == 0;
  report::Request request;
  if (options.engine != checker::Engine::Auto) request.engine = engine;
  request.bound = limits.bound;
  reading.repeat(request);
  if (each_patch) return patch_by_patch(all, *load, options, bounds, request);
  const report::TextOptions text{report::Style{form.output.empty() && colour.use()}, verbose,
                                 statistics};
  std::string written;  // what goes to a file

  int status = report::kHolds;
  std::vector<std::pair<Checked, report::Request>> results;  // for the report that is one object
  for (const Job& job : all) {
    request.path = job.path;
    for (const model::Reading& one : job.readings) {
      show_progress(bounds, job.path);
      Diagnostics trouble;
      auto checked = checker::check(job.path, *load, one, options, bounds, trouble);
      end_progress();
      status = report::worse(status, report_diagnostics(trouble));
      if (!checked) {
        status = report::kWrongInput;
        continue;
      }
      checker::keep_only(*checked, properties);
      status = report::worse(status, report::exit_status(*checked));
      const std::string path = certificate_of(*checked, status);
      if (one_object(form.format)) {
        results.emplace_back(std::move(*checked), request);
        continue;
      }
      const std::string piece = report_of(*checked, request, text, path);
      if (!form.output.empty()) {
        written += piece;
        continue;
      }
      fmt::print("{}", form.format == "text" ? report::fit(piece, terminal_width()) : piece);
      std::fflush(stdout);
    }
  }
  Diagnostics trouble;
  if (one_object(form.format)) written = report_of_all(results, trouble);
  if (form.output.empty())
    fmt::print("{}", written);
  else
    model::write_whole(form.output, written, trouble);
  status = report::worse(status, report_diagnostics(trouble));
  return status;
}

}  // namespace

Action check_command(CLI::App& app) {
  auto check = std::make_shared<Check>();
  check->declare(app);
  return [check] { return check->run(); };
}

}  // namespace luproof::cli
