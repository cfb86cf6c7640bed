// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof probes [DESIGN]`: what to record, so that `luproof trace` has something to judge.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "report/facts.h"
#include "traces/probes/plan.h"

namespace luproof::cli {
namespace {

constexpr int kLargestBuffer = 4096;

struct Probes {
  traces::ProbeOptions options;
  std::string form = "text", budget = "full";
  SpecsOption specs;

  void declare(CLI::App& app);
  int run();

 private:
  std::string command() const;
};

void Probes::declare(CLI::App& app) {
  app.add_option("DESIGN", options.design,
                 "A design (a file, or the name of a shipped one): its functions are recorded too");
  app.add_option("--variant", options.variant, "Variant of the design");
  app.add_option("--binding", options.binding,
                 "What can be read of a capture (default: by the kernel's release)");
  app.add_option("--kernel", options.kernel, "The kernel's release: uname -r");
  app.add_option("--form", form,
                 "text: for people; tracefs: a shell script; trace-cmd; bootconfig, cmdline: for\n"
                 "the new kernel; persistent: for the old one, one update earlier")
      ->check(CLI::IsMember(traces::form_names()));
  app.add_option("--budget", budget, "full, or low: events only, and few, for production hosts")
      ->check(CLI::IsMember({"full", "low"}));
  app.add_option("--topology", options.topology,
                 "What lspci -D -xxxx printed: to say how many lines to expect");
  app.add_option("--btf", options.btf,
                 "/sys/kernel/btf/vmlinux of the kernel, or its vmlinux: check functions and\n"
                 "arguments, and write these as offsets, as kernels before 6.6 need them");
  app.add_option("--functions", options.functions,
                 "available_filter_functions of the kernel: what is not in it was inlined");
  app.add_option("--buffer", options.buffer_mib,
                 "Size of the ring buffer in MiB (default: 24, 2 with --budget low)")
      ->check(CLI::Range(1, kLargestBuffer));
  specs.declare(app);
}

std::string Probes::command() const {
  std::string all = "probes";
  const auto add = [&](const char* name, const std::string& value, const char* usual = "") {
    if (value != usual) all += fmt::format(" {} {}", name, report::quoted(value));
  };
  if (!options.design.empty()) all += " " + report::quoted(options.design);
  add("--variant", options.variant);
  add("--binding", options.binding);
  add("--kernel", options.kernel);
  add("--form", form, "text");
  add("--budget", budget, "full");
  add("--topology", options.topology);
  add("--btf", options.btf);
  add("--functions", options.functions);
  if (options.buffer_mib > 0) add("--buffer", std::to_string(options.buffer_mib));
  add("--specs", specs.given);
  return all;
}

int Probes::run() {
  options.specs = specs.folder();
  options.low = budget == "low";
  options.command = command();
  model::Diagnostics diagnostics;
  std::string text;
  if (const auto plan = traces::make_plan(options, diagnostics))
    text = traces::print_plan(*plan, *traces::read_form(form), diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  fmt::print("{}", text);
  return report::kHolds;
}

}  // namespace

Action probes_command(CLI::App& app) {
  auto probes = std::make_shared<Probes>();
  probes->declare(app);
  return [probes] { return probes->run(); };
}

}  // namespace luproof::cli
