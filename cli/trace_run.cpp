// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/trace_run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/apart.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/facts.h"
#include "report/trace_mail.h"
#include "report/trace_page.h"
#include "report/trace_report.h"
#include "traces/batch.h"

namespace luproof::cli {

using Json = nlohmann::json;
using report::TraceRun;
using traces::TraceVerdict;
using traces::ValidateOptions;

namespace {

void add_verdict(TraceRun& run, const TraceVerdict& verdict, const std::string& command,
                 const TraceText& text) {
  run.status = verdict.exit_status();
  run.json = report::trace_json(verdict);
  switch (text.form) {
    case TraceText::Form::Text:
      run.text = report::trace_text(verdict, command, text.style, text.health);
      break;
    case TraceText::Form::Page:
      run.text = report::trace_page(verdict, command, text.sources, text.folder);
      break;
    case TraceText::Form::Mail:
      run.text = report::trace_mail(verdict, run.name, command, text.sources);
      break;
  }
}

std::string packed(const TraceRun& run) {
  return Json{
      {"status", run.status}, {"json", run.json}, {"text", run.text}, {"errors", run.errors}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool unpack(const std::string& text, TraceRun& run) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  run.status = json.value("status", static_cast<int>(report::kWrongInput));
  run.json = json.value("json", "");
  run.text = json.value("text", "");
  run.errors = json.value("errors", "");
  return true;
}

// What to say of a run whose process left nothing behind.
void without_result(const std::string& ended, const std::string& command, const TraceText& text,
                    TraceRun& run) {
  if (ended.starts_with("--") || ended == "Ctrl-C" || ended == traces::kUsualMemory) {
    TraceVerdict verdict;
    verdict.outcome = traces::Outcome::Inconclusive;
    verdict.reason = fmt::format("ended by {} before anything was known", ended);
    return add_verdict(run, verdict, command, text);
  }
  run.status = report::kWrongInput;
  run.errors =
      fmt::format("luproof itself failed on it ({}): please report this, with the capture\n  {}\n",
                  ended, command);
}

}  // namespace

void TraceLimits::set(traces::Limits& limits) const {
  if (seconds > 0) limits.set_timeout(seconds);
  limits.memory = memory;
  limits.usual = usual;
}

std::vector<std::string> trace_arguments(const traces::ValidateOptions& options) {
  std::vector<std::string> all = options.captures;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) all.insert(all.end(), {name, value});
  };
  const traces::ValidateOptions usual;
  add("--topology", options.topology);
  if (options.topology_at != usual.topology_at) add("--topology-at", options.topology_at);
  add("--topology-after", options.topology_after);
  for (const std::string& keep : options.keep) add("--keep", keep);
  if (options.claim != usual.claim) add("--claim", options.claim);
  // They belong to captures by their order: one that is missing keeps its place.
  std::size_t with_stats = options.stats.size();
  while (with_stats > 0 && options.stats[with_stats - 1].empty()) --with_stats;
  for (std::size_t i = 0; i < with_stats; ++i) all.insert(all.end(), {"--stats", options.stats[i]});
  for (const std::string& probes : options.probes) add("--probes", probes);
  add("--design", options.design);
  add("--variant", options.variant);
  if (options.from_start) all.emplace_back("--from-start");
  if (options.strict) all.emplace_back("--strict");
  add("--binding", options.binding);
  add("--kernel", options.kernel);
  if (options.coverage) all.emplace_back("--coverage");
  return all;
}

TraceRun judge(const std::string& name, ValidateOptions options, const TraceLimits& limits,
               const std::string& command, const TraceText& text) {
  TraceRun run;
  run.name = name;
  run.captures = options.captures;
  limits.set(options.limits);
  options.timeline = text.form == TraceText::Form::Page;
  const auto begun = traces::Limits::Clock::now();
  model::Diagnostics diagnostics;
  const auto verdict = traces::validate(options, diagnostics);
  run.seconds = std::chrono::duration<double>(traces::Limits::Clock::now() - begun).count();
  run.errors = diagnostics.render();
  if (verdict && diagnostics.ok())
    add_verdict(run, *verdict, command, text);
  else
    run.status = report::kWrongInput;
  return run;
}

bool judge_folder(const std::string& folder, const ValidateOptions& common,
                  const TraceLimits& given, int jobs, const std::vector<std::string>& tail,
                  const TraceText& text, report::TraceRuns& all, model::Diagnostics& diagnostics) {
  traces::Batch batch;
  if (!traces::find_runs(folder, common, batch, diagnostics)) return false;
  all.notes = std::move(batch.notes);
  for (traces::LeftOut& each : batch.left_out)
    all.left_out.emplace_back(std::move(each.file), std::move(each.why));
  all.runs.resize(batch.runs.size());
  TraceLimits limits = given;
  if (limits.usual) limits.memory /= at_a_time(batch.runs.size(), jobs);
  std::size_t finished = 0;
  const auto command_of = [&](std::size_t i) {
    std::vector<std::string> words = trace_arguments(batch.runs[i].options);
    words.insert(words.end(), tail.begin(), tail.end());
    return report::trace_command(words);
  };
  const auto work = [&](std::size_t i) {
    return packed(judge(batch.runs[i].name, batch.runs[i].options, limits, command_of(i), text));
  };
  const auto done = [&](std::size_t i, Apart apart) {
    TraceRun& run = all.runs[i];
    run.name = batch.runs[i].name;
    run.captures = batch.runs[i].options.captures;
    run.seconds = apart.seconds;
    if (apart.ended.empty() && !unpack(apart.result, run)) apart.ended = "no result";
    const bool of_machine = limits.usual && apart.ended == "--memory";
    if (!apart.ended.empty())
      without_result(of_machine ? traces::kUsualMemory : apart.ended, command_of(i), text, run);
    show_done("run", ++finished, batch.runs.size());
  };
  show_done("run", 0, batch.runs.size());
  apart(batch.runs.size(), jobs, with_grace(limits.seconds, limits.memory, limits.usual), work,
        done);
  end_progress();
  return true;
}

}  // namespace luproof::cli
