// SPDX-License-Identifier: GPL-2.0-or-later
// What of a run somebody can do on a machine, in which order, and what a capture of it must show.
//
// A call that a program outside the kernel can make is done; what the run does inside of it
// follows. Where somebody else acts before it comes back, it is left alone once a line shows that
// it has come as far as in the run. Everything else of the run is said, with the reason why it is
// not forced.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/calls.h"
#include "report/reproduce/forces.h"
#include "report/reproduce/predict.h"
#include "report/run_file.h"
#include "traces/probes/plan.h"

namespace luproof::report {

// A value for a parameter: a function of the topology, or a number.
struct Argument {
  int function = -1;
  std::string text;  // where it is none
};

struct Deeds {
  const Signature* of = nullptr;
  const std::vector<Deed>* deeds = nullptr;
  std::vector<Argument> arguments;  // by the parameters of the signature
};

struct Forced {
  int number = 0;  // from 1
  int step = 0;    // of the run, with which it begins
  int kernel = 1;
  std::string actor, text;  // "host", "sriov_numvfs_store(pf0, 0)"
  Deeds deeds;
  bool concurrent = false;  // somebody else acts before it comes back
  bool returns = true;      // it comes back in the run
  std::string line;  // concurrent: the function whose line says that it has come so far, or ""
  int line_of = -1;  // that the line names
};

struct NotForced {
  int step = 0;
  std::string actor, text, because;
};

struct Reproduction {
  std::string title, spec, variant;
  std::vector<Deeds> start;
  std::vector<Forced> forced;
  std::vector<NotForced> comes, ignored, not_forced;  // by itself; needs nothing; cannot be
  std::vector<std::string> remarks;
  Prediction prediction;
  std::vector<int> functions;      // of the topology, that a part of the machine has to be
  std::vector<std::string> names;  // of all functions, as a shell can read them
  bool jumps = false;
};

// nullopt after an error. `probes`: what is recorded; `binding`: how it is read.
std::optional<Reproduction> plan_reproduction(const LoadedRun& loaded, const RunFile& file,
                                              const Forces& forces, const traces::Plan& probes,
                                              const traces::Binding& binding,
                                              model::Diagnostics& diagnostics);

// The scripts. `command`: as it was asked for.
std::string reproduction_script(const Reproduction& plan, const model::Topology& topology,
                                const std::string& command);
// The same for people.
std::string reproduction_text(const Reproduction& plan);

}  // namespace luproof::report
