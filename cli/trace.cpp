// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof trace CAPTURE...` and `luproof trace FOLDER`: did what had to survive survive, as far as
// the captures show?
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/form.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/trace_run.h"
#include "model/whole_file.h"
#include "report/facts.h"
#include "report/fit.h"
#include "report/sarif.h"
#include "report/trace_mail.h"
#include "report/trace_report.h"
#include "traces/validator.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestBaseline = std::size_t{4} << 20;
constexpr double kLongestTimeout = 1e9;  // seconds; beyond it the clock's arithmetic would overflow

struct Trace {
  traces::ValidateOptions options;
  std::string inconclusive = "skip", memory, baseline, write_baseline, today;
  FormOptions form;
  TraceLimits limits;
  int jobs = 2;
  bool health = false;
  SpecsOption specs;
  ColourOption colour;

  void declare(CLI::App& app);
  int run();

 private:
  bool prepare(model::Diagnostics& diagnostics);
  bool of_folder() const;
  int explain();
  report::TraceRuns runs(model::Diagnostics& diagnostics);
  std::string report_of(const report::TraceRuns& all) const;
  bool write(const std::string& text, model::Diagnostics& diagnostics) const;
  std::vector<std::string> tail() const;
  std::string command() const;

  traces::Day day_ = traces::today();
  report::Sources sources_;
};

void Trace::declare(CLI::App& app) {
  app.add_option("CAPTURE", options.captures,
                 "What a kernel recorded (ftrace text, trace.dat, a log, perf script; packed or\n"
                 "not; - is standard input), one for each kernel, in the order of their lives;\n"
                 "or a folder of runs");
  app.add_option("--topology", options.topology, "What lspci -D -xxxx printed (as root)");
  app.add_option("--topology-at", options.topology_at,
                 "When that was: start, line:N, marker:TEXT, time:SECONDS or kexec");
  app.add_option("--topology-after", options.topology_after,
                 "The same from after the last capture; two dumps alone give a verdict too");
  app.add_option("--keep", options.keep,
                 "What has to survive: an address, all (VFs) or preserved; @line:N, @marker:TEXT, "
                 "@time:SECONDS, @kexec: from then on (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--claim", options.claim,
                 "How much has to: exists, identity, no-reset or dma (the default)");
  app.add_option("--stats", options.stats, "per_cpu/cpu*/stats of a capture (repeatable)")
      ->allow_extra_args(false);
  app.add_option(
         "--probes", options.probes,
         "kprobe_events or dynamic_events of the tracing that made the captures (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--design", options.design,
                 "A design, by file or by name: does a run of it explain the captures?\n"
                 "none; default: that of the kernel, where a line is of its code");
  app.add_option("--variant", options.variant, "Of the design");
  app.add_flag("--from-start", options.from_start,
               "Nothing of the design had happened before the first line");
  app.add_flag("--strict", options.strict,
               "What is a violation unless something was hidden is one");
  app.add_option("--binding", options.binding,
                 "Which line is which event (default: by the kernel's release)");
  app.add_option("--kernel", options.kernel, "The kernel's release, where no capture says it");
  app.add_option("--explain-line", options.explain,
                 "Say what line N (or FILE:N) means, by which rule, and why");
  app.add_flag("--every-line", options.every_line,
               "Take every line apart, also in a long capture, at a tenth of the speed");
  app.add_flag("--coverage", options.coverage,
               "List events that no rule binds, and rules that never fired");
  app.add_option("--slice", options.slice,
                 "Write the fewest lines of the capture that have the same verdict to this file");
  form.declare(app,
               "text, json (one object), mail (72 columns), html (a page for a browser), junit "
               "(XML) or sarif",
               {"text", "json", "mail", "html", "junit", "sarif"});
  app.add_option("--jobs", jobs, "Runs of a folder at a time (default: 2)")
      ->check(CLI::Range(1, 256));
  app.add_flag("--health", health,
               "Show everything that can be wrong with a capture, and what is with these");
  app.add_option("--baseline", baseline, "Known violations, which do not fail: YAML, docs/ci.md");
  app.add_option("--write-baseline", write_baseline,
                 "Write the baseline by which everything found now is known");
  app.add_option("--today", today, "The day to hold the baseline's to (default: the clock's)");
  app.add_option("--inconclusive", inconclusive,
                 "What is inconclusive: skip (status 3, skipped in JUnit) or fail (status 1)")
      ->check(CLI::IsMember({"skip", "fail"}));
  app.add_option("--timeout", limits.seconds, "Stop each run after SECONDS, with what is known")
      ->check(CLI::Range(0.0, kLongestTimeout));
  app.add_option(
      "--memory", memory,
      "Stop each run at SIZE of memory: 64M, 2G; 0: never (default: 3/4 of the machine's "
      "for those at a time)");
  specs.declare(app);
  colour.declare(app);
}

// What has to be known before anything is read.
bool Trace::prepare(model::Diagnostics& diagnostics) {
  form.choose(diagnostics);
  options.specs = specs.folder();
  limits.memory = memory_limit(memory, diagnostics);
  limits.usual = memory.empty();
  if (!today.empty()) {
    if (const auto day = traces::read_day(today))
      day_ = *day;
    else
      diagnostics.error({}, fmt::format("--today {} is no day", model::printable(today)),
                        "2027-01-31");
  }
  if (!baseline.empty()) {
    std::error_code none;
    const bool there = std::filesystem::exists(baseline, none);
    if (!there)
      diagnostics.error(
          {}, fmt::format("--baseline {}: there is no such file", model::printable(baseline)),
          "--write-baseline " + model::printable(baseline) +
              " instead writes a first one, of what is violated now");
    const auto source =
        there ? model::read_source(baseline, kLargestBaseline, diagnostics) : nullptr;
    auto known = source ? traces::read_baseline(source, day_, diagnostics) : std::nullopt;
    if (known) options.baseline = std::make_shared<const traces::Baseline>(std::move(*known));
  }
  if (options.captures.empty() && (options.topology.empty() || options.topology_after.empty()))
    diagnostics.error({}, "trace needs a capture, or the dumps of before and after",
                      "luproof trace FILE…, luproof trace FOLDER, or --topology BEFORE "
                      "--topology-after AFTER");
  std::error_code unknown;
  for (const std::string& capture : options.captures)
    if (fs::is_directory(capture, unknown) && options.captures.size() > 1)
      diagnostics.error({}, fmt::format("{} is a folder: it is judged alone", capture),
                        "captures of one run are files; a folder holds runs");
  if (form.format == "html" && of_folder())
    diagnostics.error({}, "--format html draws one run, not a folder of them",
                      "name the captures of the run");
  if (!options.explain.empty() && form.format != "text" && form.format != "json")
    diagnostics.error({}, fmt::format("--format {} is of a run, not of one line", form.format),
                      "--explain-line writes text or JSON");
  if (!options.explain.empty() && !write_baseline.empty())
    diagnostics.error({}, "--explain-line judges nothing that --write-baseline could write");
  if (of_folder())
    for (const auto& [given, name] : {std::pair{!options.stats.empty(), "--stats"},
                                      {!options.explain.empty(), "--explain-line"},
                                      {!options.slice.empty(), "--slice"},
                                      {!options.topology_after.empty(), "--topology-after"}})
      if (given)
        diagnostics.error({}, fmt::format("{} is of one run, not of a folder", name),
                          "name the captures of the run, or say it in captures.yaml");
  return diagnostics.ok();
}

bool Trace::of_folder() const {
  std::error_code unknown;
  return options.captures.size() == 1 && fs::is_directory(options.captures.front(), unknown);
}

// The end of the command line, the same for every run.
std::vector<std::string> Trace::tail() const {
  std::vector<std::string> all;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) all.insert(all.end(), {name, value});
  };
  if (health) all.emplace_back("--health");
  add("--specs", specs.given);
  add("--baseline", baseline);
  if (!baseline.empty()) add("--today", traces::day_text(day_));
  return all;
}

// The command line again, in one order.
std::string Trace::command() const {
  std::vector<std::string> all = trace_arguments(options);
  for (std::string& argument : tail()) all.push_back(std::move(argument));
  if (inconclusive == "fail") all.insert(all.end(), {"--inconclusive", "fail"});
  return report::trace_command(all);
}

int Trace::explain() {
  model::Diagnostics diagnostics;
  limits.set(options.limits);
  const auto verdict = traces::validate(options, diagnostics);
  if (report_diagnostics(diagnostics) != report::kHolds || !verdict) return report::kWrongInput;
  model::Diagnostics trouble;
  const std::string text =
      form.format == "json" ? report::explained_json(*verdict) : report::explained_text(*verdict);
  if (!write(text, trouble)) return report_diagnostics(trouble);
  if (verdict->explanation_ended.empty()) return report::kHolds;
  fmt::print(stderr, "luproof: stopped by {}: {}\n", verdict->explanation_ended,
             verdict->explanation.empty() ? "the line was not reached"
                                          : "the line may mean more than this");
  return report::kInconclusive;
}

// What is wrong with the input of single runs is said at once, and is part of the report too.
report::TraceRuns Trace::runs(model::Diagnostics& diagnostics) {
  report::TraceRuns all;
  all.command = command();
  all.inconclusive_fails = inconclusive == "fail";
  std::error_code nowhere;
  TraceText text{{},
                 health,
                 form.format == "html"   ? TraceText::Form::Page
                 : form.format == "mail" ? TraceText::Form::Mail
                                         : TraceText::Form::Text,
                 sources_,
                 fs::current_path(nowhere).string()};
  if (of_folder()) {
    all.folder = options.captures.front();
    judge_folder(all.folder, options, limits, jobs, tail(), text, all, diagnostics);
  } else {
    const std::string& name =
        options.captures.empty() ? options.topology_after : options.captures.front();
    text.style = {form.format == "text" && form.output.empty() && colour.use()};
    all.runs.push_back(judge(name, options, limits, all.command, text));
  }
  return all;
}

std::string Trace::report_of(const report::TraceRuns& all) const {
  if (form.format == "junit") return report::trace_junit(all);
  if (form.format == "sarif") return report::trace_sarif(all, sources_);
  if (form.format == "mail" && !all.folder.empty()) return report::batch_mail(all);
  if (!all.folder.empty())
    return form.format == "json"
               ? report::batch_json(all)
               : report::batch_text(all, report::Style{form.output.empty() && colour.use()});
  return form.format == "json" ? all.runs.front().json : all.runs.front().text;
}

// False: a file could not be written, which is said.
bool Trace::write(const std::string& text, model::Diagnostics& diagnostics) const {
  if (form.output.empty()) {
    fmt::print("{}", form.format == "text" ? report::fit(text, terminal_width()) : text);
    std::fflush(stdout);
    return true;
  }
  return text.empty() || model::write_whole(form.output, text, diagnostics);
}

int Trace::run() {
  model::Diagnostics diagnostics;
  if (!prepare(diagnostics)) return report_diagnostics(diagnostics);
  checker::Limits stop;
  stop_on_interrupt(stop);
  options.limits.interrupted = stop.interrupted;
  if (!options.explain.empty()) return explain();
  if (form.format == "html" || form.format == "sarif" || form.format == "mail")
    sources_ = report::read_sources(options.specs + "/sources.yaml", diagnostics);
  const report::TraceRuns all = runs(diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  for (const report::TraceRun& run : all.runs) fmt::print(stderr, "{}", run.errors);
  if (form.format == "html" && all.runs.front().text.empty()) return report::exit_status(all);
  const std::string text = report_of(all);  // none: no file
  if (!write(text, diagnostics)) return report_diagnostics(diagnostics);
  if (!write_baseline.empty() && !write_baseline_of(all, options.baseline.get(), day_,
                                                    options.strict, write_baseline, diagnostics))
    return report_diagnostics(diagnostics);
  return report::exit_status(all);
}

}  // namespace

Action trace_command(CLI::App& app) {
  auto trace = std::make_shared<Trace>();
  trace->declare(app);
  return [trace] { return trace->run(); };
}

}  // namespace luproof::cli
