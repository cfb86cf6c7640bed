// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof lint PATH...`: what in the specs no run could tell from its absence, and who says so.
#include "checker/lint.h"

#include <fmt/format.h>

#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/packs.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "cli/spec_files.h"
#include "model/spec_folders.h"
#include "report/facts.h"
#include "report/json_text.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
using checker::LintFinding;
using checker::LintReading;
using model::Diagnostics;
using model::printable;

struct Task {
  std::string path;
  model::Reading reading;
};

class Linter {
 public:
  std::vector<std::string> paths;
  int jobs = 2;
  std::string format = "text";
  SpecsOption specs;
  LimitOptions limits;

  void declare(CLI::App& app);
  int run();

 private:
  void plan(const std::string& path, Diagnostics& diagnostics);
  void search(const checker::Limits& bounds);
  void sources(Diagnostics& diagnostics);
  void packs();
  int report() const;
  std::string file_of(const LintFinding& finding) const;

  model::LoadOptions load_;
  std::vector<std::string> files_;
  std::map<std::string, model::Span> packs_;           // by canonical path: those to be used
  std::map<std::string, std::set<std::string>> used_;  // by spec: canonical paths
  std::vector<Task> tasks_;
  std::vector<std::optional<LintReading>> readings_;
  std::vector<std::string> unseen_;
  std::vector<LintFinding> findings_;
  Diagnostics trouble_;
};

std::string label(const Task& task) {
  std::vector<std::string> parts;
  if (!task.reading.variant.empty()) parts.push_back(task.reading.variant);
  for (const auto& [name, alternative] : task.reading.choices)
    parts.push_back(name + "=" + alternative);
  return task.path + (parts.empty() ? "" : ":" + report::joined(parts, ","));
}

void take(const Diagnostics& from, Diagnostics& to) {
  for (const model::Diagnostic& d : from.all())
    if (d.severity == model::Severity::Error)
      to.error(d.span, d.message, d.hint);
    else
      to.warning(d.span, d.message, d.hint);
}

void Linter::plan(const std::string& path, Diagnostics& diagnostics) {
  Diagnostics own;  // an error in one file does not hide what is wrong in the next
  if (const auto composition = model::compose(path, load_, own)) {
    for (const auto& document : composition->documents)
      used_[path].insert(checker::canonical(document->path));
    const model::Document& file = *composition->documents.back();
    if (file.kind == "rules") {
      packs_[checker::canonical(path)] = file.root.entries[0].key.span;
      load_pack(path, load_, own);
    } else if (const auto readings = model::readings(path, load_, own)) {
      for (const model::Reading& reading : *readings) tasks_.push_back({path, reading});
    }
  }
  take(own, diagnostics);
}

void Linter::search(const checker::Limits& bounds) {
  readings_.resize(tasks_.size());
  const checker::Limits each = bounds.shared_by(at_a_time(tasks_.size(), jobs));
  std::mutex mutex;
  std::size_t done = 0;
  side_by_side(tasks_.size(), jobs, [&](std::size_t i) {
    const Task& task = tasks_[i];
    checker::CheckOptions options;
    options.needs = false;
    options.observe = true;
    options.visible_steps = !task.reading.choices.empty();
    Diagnostics own;
    std::optional<LintReading> reading;
    if (!interrupted())
      if (const auto checked = checker::check(task.path, load_, task.reading, options, each, own))
        reading = checker::lint_reading(task.path, *checked, used_.at(task.path));
    const std::lock_guard lock(mutex);
    take(own, trouble_);
    readings_[i] = std::move(reading);
    show_done("reading", ++done, tasks_.size());
  });
  end_progress();
}

// The list of sources is in the folder that was named, else in one above the first file, else it is
// the shipped one.
void Linter::sources(Diagnostics& diagnostics) {
  std::error_code error;
  std::string list;
  bool whole = false;
  std::vector<std::string> more;
  for (const std::string& path : paths)
    if (const fs::path found = fs::path(path) / "sources.yaml"; fs::is_regular_file(found, error)) {
      list = found.string();
      whole = true;
      for (const auto& file : fs::directory_iterator(fs::path(path) / "bindings", error))
        if (file.path().extension() == ".yaml") more.push_back(file.path().string());
      break;
    }
  if (list.empty() && !files_.empty())
    for (fs::path up = fs::absolute(files_[0], error).parent_path(); up.has_relative_path();
         up = up.parent_path())
      if (fs::is_regular_file(up / "sources.yaml", error)) {
        list = (up / "sources.yaml").string();
        break;
      }
  if (const fs::path shipped = fs::path(model::shipped_folder(load_.specs)) / "sources.yaml";
      list.empty() && fs::is_regular_file(shipped, error))
    list = shipped.string();
  for (LintFinding& f : checker::lint_sources(files_, list, whole, more, load_, diagnostics))
    findings_.push_back(std::move(f));
}

void Linter::packs() {
  std::set<std::string> used;
  for (const Task& task : tasks_) used.insert(used_[task.path].begin(), used_[task.path].end());
  for (const auto& [path, span] : packs_)
    if (!used.count(path))
      findings_.push_back({"unused-pack", span, "no design, case or question here uses this pack",
                           "name the specs that use it as well, or write one"});
}

// As the user named it; a file that is used is found by other ways.
std::string Linter::file_of(const LintFinding& finding) const {
  if (!finding.span.source) return "";
  const std::string real = checker::canonical(finding.span.source->path);
  for (const std::string& path : files_)
    if (checker::canonical(path) == real) return fs::path(path).lexically_normal().string();
  return fs::path(finding.span.source->path).lexically_normal().string();
}

int Linter::report() const {
  auto where = [&](const LintFinding& f) {
    return std::tuple(file_of(f), f.span.line, f.span.column);
  };
  std::vector<LintFinding> sorted = findings_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const LintFinding& a, const LintFinding& b) { return where(a) < where(b); });
  if (format == "json") {
    auto list = nlohmann::ordered_json::array();
    for (const LintFinding& f : sorted)
      list.push_back({{"kind", f.kind},
                      {"file", file_of(f)},
                      {"line", f.span.line},
                      {"column", f.span.column},
                      {"what", f.what},
                      {"hint", f.hint}});
    const nlohmann::ordered_json out = {{"command", "lint"},
                                        {"files", files_.size()},
                                        {"readings", tasks_.size()},
                                        {"findings", list},
                                        {"not_every_run_seen", unseen_}};
    fmt::print("{}", report::json_text(out));
  } else {
    for (const LintFinding& f : sorted) {
      fmt::print("{}:{}:{}: {} [{}]\n", printable(file_of(f)), f.span.line, f.span.column,
                 printable(f.what), f.kind);
      if (!f.hint.empty()) fmt::print("  hint: {}\n", printable(f.hint));
    }
    for (const std::string& reading : unseen_)
      fmt::print("not every run was seen of {}: what it uses is not judged\n", printable(reading));
    fmt::print("{}, {}: {}\n", report::counted(files_.size(), "file"),
               report::counted(tasks_.size(), "reading"),
               report::counted(sorted.size(), "finding"));
  }
  if (!sorted.empty()) return report::kViolated;
  return unseen_.empty() ? report::kHolds : report::kInconclusive;
}

void Linter::declare(CLI::App& app) {
  app.add_option("PATH", paths, "Specs, or folders with rules, designs, cases and questions")
      ->required();
  app.add_option("--jobs", jobs, "Readings at a time (default: 2)")->check(CLI::Range(1, 256));
  app.add_option("--format", format, "text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}));
  specs.declare(app);
  limits.declare(app);
}

int Linter::run() {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  files_ = spec_files(paths, diagnostics);
  load_.specs = specs.folder();
  for (const std::string& path : files_) plan(path, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  stop_on_interrupt(bounds);
  search(bounds);
  sources(trouble_);
  if (const int status = report_diagnostics(trouble_); status != report::kHolds) return status;
  std::set<std::string> known;
  for (const std::string& path : files_) known.insert(checker::canonical(path));
  checker::Lint lint(std::move(known));
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (!readings_[i]) {
      readings_[i].emplace();
      readings_[i]->files = used_[tasks_[i].path];
    }
    if (!readings_[i]->complete && !readings_[i]->partial) unseen_.push_back(label(tasks_[i]));
    lint.add(*readings_[i]);
  }
  for (LintFinding& f : lint.findings()) findings_.push_back(std::move(f));
  packs();
  return report();
}

}  // namespace

Action lint_command(CLI::App& app) {
  auto lint = std::make_shared<Linter>();
  lint->declare(app);
  return [lint] { return lint->run(); };
}

}  // namespace luproof::cli
