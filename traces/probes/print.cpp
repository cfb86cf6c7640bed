// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "traces/probes/words.h"

namespace luproof::traces {

namespace {

const std::vector<std::string> kNames = {"text",       "tracefs", "trace-cmd",
                                         "bootconfig", "cmdline", "persistent"};
constexpr std::size_t kLongestCommandLine = 2047;  // COMMAND_LINE_SIZE of x86

std::string per(const Frequency& each) {
  std::string text;
  for (const auto& [name, what] : kPerWhat)
    if (const int count = each[static_cast<std::size_t>(what)])
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  return text.empty() ? "only if something goes wrong" : text;
}

std::string persistent(const Plan& plan) {
  std::string text;
  for (const std::string& remark : remarks(plan)) text += comment(remark);
  text += comment(
      "On the command line of the kernel that will be replaced, so one update earlier, and of each "
      "one after it (Linux 6.12 and later). reserve_mem may move with KASLR where kexec handover "
      "is off; a fixed place that is free in your memory map does not: memmap=16M$0x60000000 "
      "trace_instance=boot_map^traceoff@0x60000000:16M (a boot loader may want the $ escaped).");
  return text + persistent_parameters(plan) + "\n";
}

}  // namespace

const std::vector<std::string>& form_names() { return kNames; }

std::optional<Form> read_form(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Form>(found - kNames.begin());
}

std::string overview(const Plan& plan) {
  std::string text = fmt::format("{:<34} {}\n", "Records",
                                 "Lines of one update: in all, for each function of a kind");
  for (const Plan::Expected& each : plan.expected)
    text += fmt::format("  {:<32} {}{}\n", each.function,
                        each.total >= 0 ? fmt::format("{:>6}: ", each.total) : "", per(each.each));
  if (!plan.early.empty())
    text += fmt::format("\nWhile the new kernel boots, by the function tracer\n  {}\n",
                        fmt::join(plan.early, "\n  "));
  for (const Plan::Probe& probe : plan.probes)
    if (!probe.filter.empty())
      text += fmt::format("\nOf {} only\n  {}\n", probe.function, probe.filter);
  text += fmt::format("\nOn the command line of the old kernel, one update earlier\n  {}\n\n",
                      persistent_parameters(plan));
  for (const std::string& remark : remarks(plan)) text += comment(remark, "");
  return text + "\nWrite it with --form tracefs, trace-cmd, cmdline, bootconfig or persistent.\n";
}

std::string print_plan(const Plan& plan, Form form, model::Diagnostics& diagnostics) {
  std::string text;
  switch (form) {
    case Form::Text:
      return overview(plan);
    case Form::Tracefs:
      return tracefs_script(plan);
    case Form::TraceCmd:
      return trace_cmd_script(plan);
    case Form::Bootconfig:
      return bootconfig(plan);
    case Form::Persistent:
      return persistent(plan);
    case Form::CommandLine:
      text = command_line(plan);
      break;
  }
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  if (text.size() - last <= kLongestCommandLine) return text;
  diagnostics.error(model::Span{},
                    fmt::format("the parameters are {} characters, a kernel takes {}",
                                text.size() - last, kLongestCommandLine),
                    "--form bootconfig, or --budget low");
  return {};
}

}  // namespace luproof::traces
