// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof trace CAPTURE...`: did what had to survive survive, as far as the captures show?
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "report/trace_report.h"
#include "traces/validator.h"

namespace luproof::cli {
namespace {

struct Trace {
  traces::ValidateOptions options;
  std::string format = "text";
  SpecsOption specs;
  ColourOption colour;

  void declare(CLI::App& app);
  int run();

 private:
  std::vector<std::string> arguments() const;
};

void Trace::declare(CLI::App& app) {
  app.add_option("CAPTURE", options.captures,
                 "What a kernel recorded (ftrace text, trace.dat, a log, perf script; packed or\n"
                 "not; - is standard input), one for each kernel, in the order of their lives");
  app.add_option("--topology", options.topology, "What lspci -D -xxxx printed (as root)");
  app.add_option("--topology-at", options.topology_at,
                 "When that was: start, line:N, marker:TEXT, time:SECONDS or kexec");
  app.add_option("--topology-after", options.topology_after,
                 "The same from after the last capture; two dumps alone give a verdict too");
  app.add_option("--keep", options.keep,
                 "What has to survive: an address, all (VFs) or preserved; @line:N, @marker:TEXT, "
                 "@time:SECONDS, @kexec: from then on (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--claim", options.claim, "How much has to: identity, no-reset or dma");
  app.add_option("--stats", options.stats, "per_cpu/cpu*/stats of a capture (repeatable)")
      ->allow_extra_args(false);
  app.add_option(
         "--probes", options.probes,
         "kprobe_events or dynamic_events of the tracing that made the captures (repeatable)")
      ->allow_extra_args(false);
  app.add_flag("--strict", options.strict,
               "What is a violation unless something was hidden is one");
  app.add_option("--binding", options.binding,
                 "Which line is which event (default: by the kernel's release)");
  app.add_option("--kernel", options.kernel, "The kernel's release, where no capture says it");
  app.add_option("--explain-line", options.explain,
                 "Say what line N (or FILE:N) means, by which rule, and why");
  app.add_flag("--coverage", options.coverage,
               "List events that no rule binds, and rules that never fired");
  app.add_option("--slice", options.slice,
                 "Write the fewest lines of the capture that have the same verdict to this file");
  app.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  specs.declare(app);
  colour.declare(app);
}

// The command line again, in one order.
std::vector<std::string> Trace::arguments() const {
  std::vector<std::string> all = options.captures;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) all.insert(all.end(), {name, value});
  };
  add("--topology", options.topology);
  if (options.topology_at != traces::ValidateOptions{}.topology_at)
    add("--topology-at", options.topology_at);
  add("--topology-after", options.topology_after);
  for (const std::string& keep : options.keep) add("--keep", keep);
  if (options.claim != traces::ValidateOptions{}.claim) add("--claim", options.claim);
  for (const std::string& stats : options.stats) add("--stats", stats);
  for (const std::string& probes : options.probes) add("--probes", probes);
  if (options.strict) all.emplace_back("--strict");
  add("--binding", options.binding);
  add("--kernel", options.kernel);
  if (options.coverage) all.emplace_back("--coverage");
  add("--specs", specs.given);
  return all;
}

int Trace::run() {
  options.specs = specs.folder();
  model::Diagnostics diagnostics;
  if (options.captures.empty() && (options.topology.empty() || options.topology_after.empty())) {
    diagnostics.error(model::Span{}, "trace needs a capture, or the dumps of before and after",
                      "luproof trace FILE…, or --topology BEFORE --topology-after AFTER");
    report_diagnostics(diagnostics);
    return report::kWrongInput;
  }
  const auto verdict = traces::validate(options, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds || !verdict)
    return report::kWrongInput;
  if (!options.explain.empty()) {
    fmt::print("{}", format == "json" ? report::explained_json(*verdict)
                                      : report::explained_text(*verdict));
    return report::kHolds;
  }
  if (format == "json")
    fmt::print("{}", report::trace_json(*verdict));
  else
    fmt::print("{}", report::trace_text(*verdict, report::trace_command(arguments()),
                                        report::Style{colour.use()}));
  return verdict->exit_status();
}

}  // namespace

Action trace_command(CLI::App& app) {
  auto trace = std::make_shared<Trace>();
  trace->declare(app);
  return [trace] { return trace->run(); };
}

}  // namespace luproof::cli
