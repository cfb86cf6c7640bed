// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/explain_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/progress.h"
#include "report/explain_report.h"

namespace luproof::cli {

using model::Diagnostics;

namespace {

// What the run violates: the property that the file names, or else whatever it does.
std::optional<checker::Violation> violation_of(const report::RunFile& file,
                                               const checker::Checked& checked,
                                               const checker::Run& run) {
  checker::Violation violation;
  violation.fault = run.fault;
  if (run.fault != checker::Fault::None) return violation;
  violation.deadlock = file.property == "deadlock";
  if (violation.deadlock) return violation;
  const auto& properties = checked.model->properties;
  for (std::size_t p = 0; p < properties.size(); ++p)
    if (properties[p].name == file.property) violation.property = static_cast<int>(p);
  if (violation.property < 0) return std::nullopt;
  return violation;
}

}  // namespace

bool names_a_run(const std::string& name) {
  std::error_code error;
  return name.ends_with(".json") || std::filesystem::is_regular_file(name, error);
}

int ExplainRun::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto file = report::read_run_file(path, pick, specs, diagnostics);
  if (!file) return report_diagnostics(diagnostics);
  auto loaded = report::load_run(path, *file, diagnostics);
  if (!loaded) return report_diagnostics(diagnostics);
  checker::Checked& checked = loaded->checked;
  checker::Run run = loaded->found.run;
  const model::Span place{model::Source::make(path, ""), 0, 0, 1};
  const auto violation = violation_of(*file, checked, run);
  if (!violation) {
    diagnostics.error(place,
                      file->property.empty() ? "the run violates nothing"
                                             : fmt::format("there is no property '{}' in {}",
                                                           file->property, file->spec),
                      "explain says why a run violates");
    return report_diagnostics(diagnostics);
  }
  checker::Finding finding;
  finding.property = file->property;
  finding.index = violation->property;
  if (violation->property >= 0) {
    const model::Property& property = checked.model->properties[violation->property];
    if (property.kind != model::PropertyKind::Safety) {
      diagnostics.error(
          place, fmt::format("'{}' speaks of all continuations, not of this run", file->property),
          "explain takes 'never', 'always', 'step', deadlocks and built-in violations");
      return report_diagnostics(diagnostics);
    }
    for (const model::Clause& clause : property.clauses)
      finding.claim = std::max(finding.claim, clause.claim);
    if (const std::string error = checker::replay(*checked.model, *checked.layout, run,
                                                  violation->property, &finding.element);
        !error.empty()) {
      diagnostics.error(place,
                        fmt::format("the run does not violate '{}': {}", file->property, error));
      return report_diagnostics(diagnostics);
    }
  }
  stop_on_interrupt(bounds);
  show_progress(bounds, path);
  std::string why;
  const auto explanation =
      checker::explain(*checked.model, *checked.layout, run, *violation, bounds, why, diagnostics);
  end_progress();
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  if (!explanation) {
    fmt::print(stderr, "luproof is wrong here: {}\n", model::printable(why));
    return report::kInconclusive;
  }
  report::Request request = file->request;
  std::error_code no_folder;
  request.folder = std::filesystem::current_path(no_folder).string();
  std::string because = report::because(checked, finding);
  if (const std::string who = report::element(checked, finding); !who.empty())
    because += " (for " + who + ")";
  const report::Explained explained{checked, run, file->property, because, *explanation};
  fmt::print("{}", format == "json"
                       ? report::explain_json(explained, request)
                       : report::explain_text(explained, request,
                                              {report::Style{colour.use()}, false, false}));
  const bool known =
      explanation->slice.certified && explanation->avoidance.known &&
      std::none_of(explanation->without.begin(), explanation->without.end(),
                   [](const auto& w) { return w.then == checker::Without::Then::Unknown; });
  return known ? report::kHolds : report::kInconclusive;
}

}  // namespace luproof::cli
