// SPDX-License-Identifier: GPL-2.0-or-later
// Forms for a kernel that is booting: bootconfig, and the same on the command line.
//
// The scan of the bus comes before probes can be set, and before userspace by far. Function lines
// come from the very start; the clock has to be named, since a kernel that finds its clock unstable
// takes another one and empties the buffer to do so.
#include <fmt/format.h>

#include <algorithm>

#include "traces/probes/words.h"

namespace luproof::traces {

namespace {

// "p:luproof/f,f,dev=…": blanks are commas on a command line.
std::string one_word(const Plan::Probe& probe) {
  std::string text =
      fmt::format("{}:{}/{},{}", probe.at_return ? "r" : "p", kGroup, probe.event, probe.function);
  if (!probe.arguments.empty()) text += "," + probe.arguments;
  std::replace(text.begin(), text.end(), ' ', ',');
  return text;
}

}  // namespace

std::string command_line(const Plan& plan) {
  std::string text;
  for (const std::string& remark : remarks(plan)) text += comment(remark);
  text +=
      comment("Parameters of the new kernel; the group luproof of events is on from the start.");
  text += fmt::format("trace_clock=global trace_buf_size={}K", plan.buffer_mib * 1024);
  if (!plan.early.empty())
    text += fmt::format(" ftrace=function ftrace_filter={}", fmt::join(plan.early, ","));
  std::vector<std::string> words;
  for (const Plan::Probe& probe : plan.probes) words.push_back(one_word(probe));
  if (!words.empty()) text += fmt::format(" kprobe_event={}", fmt::join(words, ";"));
  return text + "\n";
}

std::string bootconfig(const Plan& plan) {
  std::string text;
  for (const std::string& remark : remarks(plan)) text += comment(remark);
  text += comment(
      "For the new kernel's initrd: bootconfig -a FILE INITRD, and 'bootconfig' on its command "
      "line. A persistent buffer cannot be asked for here: see --form persistent.");
  text += fmt::format("kernel {{\n  trace_clock = global\n  trace_buf_size = {}K\n",
                      plan.buffer_mib * 1024);
  if (!plan.early.empty())
    text +=
        fmt::format("  ftrace = function\n  ftrace_filter = \"{}\"\n", fmt::join(plan.early, ","));
  text += "}\n";
  for (const Plan::Probe& probe : plan.probes) {
    text += fmt::format("ftrace.event.kprobes.{} {{\n  probes = \"{}{}{}{}\"\n", probe.event,
                        probe.function, probe.at_return ? "%return" : "",
                        probe.arguments.empty() ? "" : " ", probe.arguments);
    if (!probe.filter.empty()) text += fmt::format("  filter = \"{}\"\n", probe.filter);
    text += "  enable\n}\n";
  }
  return text;
}

}  // namespace luproof::traces
