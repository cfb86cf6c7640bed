// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of `luproof trace` that judge: one run, a folder of runs, and a baseline of them.
#pragma once

#include <string>
#include <vector>

#include "report/sources.h"
#include "report/trace_batch.h"
#include "traces/baseline.h"
#include "traces/validator.h"

namespace luproof::cli {

struct TraceLimits {
  double seconds = 0;  // of each run; 0 = any time
  std::size_t memory = 0;
  bool usual = false;  // nobody gave the memory: it is the machine's, for all runs at a time

  void set(traces::Limits& limits) const;
};

// How the text of a run is printed.
struct TraceText {
  enum class Form { Text, Page, Mail };
  report::Style style;
  bool health = false;
  Form form = Form::Text;
  report::Sources sources = {};
  std::string folder = {};  // in which the user is
};

// `validate`, with its reports. Stops at the limits with what is known.
report::TraceRun judge(const std::string& name, traces::ValidateOptions options,
                       const TraceLimits& limits, const std::string& command,
                       const TraceText& text);

// All runs below a folder, `jobs` at a time, each in a process of its own. `tail` ends the command
// of each. False after an error.
bool judge_folder(const std::string& folder, const traces::ValidateOptions& common,
                  const TraceLimits& limits, int jobs, const std::vector<std::string>& tail,
                  const TraceText& text, report::TraceRuns& all, model::Diagnostics& diagnostics);

// The baseline that makes these runs known: of `before`, what was seen or not asked for, and an
// entry for each violation that is new. Nothing is written if an input was wrong.
bool write_baseline_of(const report::TraceRuns& all, const traces::Baseline* before,
                       const traces::Day& now, bool strict, const std::string& path,
                       model::Diagnostics& diagnostics);

// The command line that says the same.
std::vector<std::string> trace_arguments(const traces::ValidateOptions& options);

}  // namespace luproof::cli
