// SPDX-License-Identifier: GPL-2.0-or-later
// What will be recorded of one kernel, what will not, and what follows from that.
//
// The binding says what could be recorded. A kernel has inlined some of it, a production host does
// not want all of it, and a design asks for more. The plan is what remains, with the price (lines
// per update) and the loss (what nobody can judge from it); the scripts are printed from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "traces/probes/record.h"

namespace luproof::traces {

struct ProbeOptions {
  std::string design, variant;  // its functions too
  std::string binding;          // a file; "" = the one of the kernel's generation
  std::string kernel;           // its release
  std::string topology;         // a dump, to count events and to filter by
  std::string btf;              // of the kernel: /sys/kernel/btf/vmlinux, or vmlinux
  std::string functions;        // its available_filter_functions
  std::string specs;
  std::string command;  // what was asked, as a comment in scripts
  bool low = false;     // for a production host
  int buffer_mib = 0;   // of the ring buffer; 0 = by the budget
};

struct Plan {
  struct Probe {
    std::string event, function;
    std::string arguments;  // "dev=… where=…", or ""
    bool at_return = false;
    std::string filter;  // "where == 0x4", or ""
  };
  struct Missing {
    std::string function, why;
    std::vector<std::string> judges, events;  // that are not seen without it
    bool needed = false;                      // without it some property never holds
  };
  struct Expected {
    std::string function;
    Frequency each{};
    std::int64_t total = -1;  // -1 without a topology
  };

  std::string command, binding, range;  // "Linux 5.15 and later"
  std::string machine;                  // the dump, or ""
  std::vector<Probe> probes;
  std::vector<std::string> early;  // for the function tracer, while the kernel boots
  std::vector<Missing> missing;
  std::vector<Expected> expected;
  std::int64_t total = -1;
  bool low = false;
  bool names = false;  // arguments are names of the source: needs Linux 6.6
  int buffer_mib = 0;
};

// nullopt after an error.
std::optional<Plan> make_plan(const ProbeOptions& options, model::Diagnostics& diagnostics);

enum class Form { Text, Tracefs, TraceCmd, Bootconfig, CommandLine, Persistent };
std::optional<Form> read_form(std::string_view name);
const std::vector<std::string>& form_names();

// The text of the form; a plan that does not fit it is an error.
std::string print_plan(const Plan& plan, Form form, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
