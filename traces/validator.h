// SPDX-License-Identifier: GPL-2.0-or-later
// The door to validation: captures, a topology and what has to survive in, a verdict out.
#pragma once

#include <memory>

#include "traces/baseline.h"
#include "traces/keep.h"
#include "traces/limits.h"
#include "traces/verdict.h"

namespace luproof::traces {

struct ValidateOptions {
  // One kernel each, in order; none if two dumps of the topology are all that there is.
  std::vector<std::string> captures;
  std::vector<std::string> stats;   // of the captures, in the same order; may be fewer, or ""
  std::vector<std::string> probes;  // kprobe_events or dynamic_events of the captures
  std::string topology;             // a dump, or ""
  std::string topology_at = "start";
  std::string topology_after;  // a dump from when the last capture had ended, or ""
  std::vector<std::string> keep;
  std::string claim = "dma";
  std::string design;       // a file, the name of a shipped one, none, or "" = the kernel's own
  std::string variant;      // of the design
  bool from_start = false;  // before the first line, the design was in its first state
  bool strict = false;      // what is a violation unless something was hidden counts as one
  std::string specs;        // folder of the shipped specs
  std::string binding;      // a file; "" = the one of the kernel's generation
  std::string kernel;       // its release, where the captures do not say it
  bool coverage = false;
  bool timeline = false;    // write down what each line did, for a report that draws it
  bool different = true;    // say what would have to be different
  bool every_line = false;  // take every line apart, also where a long capture names nothing
  std::string slice;        // write the fewest lines with the same verdict to this file
  std::string explain;      // "N" or "FILE:N": say what this line means, and why
  std::shared_ptr<const Baseline> baseline;  // of known violations, or none
  Limits limits;
};

// nullopt if the input is wrong.
std::optional<TraceVerdict> validate(const ValidateOptions& options,
                                     model::Diagnostics& diagnostics);

}  // namespace luproof::traces
