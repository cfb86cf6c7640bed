// SPDX-License-Identifier: GPL-2.0-or-later
// Runs in files: what `check --format json` and `simulate` write, read again.
//
// The file is somebody's input: it is bounded, every field is looked at before it is used, and that
// it is a run the interpreter says, not the file.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "checker/named_run.h"
#include "report/facts.h"

namespace luproof::report {

// Which of several runs is meant; "" = there is only one.
struct RunPick {
  std::string property, variant;
  bool witness = false;  // the run that shows that it holds, instead of the one that violates
};

struct RunFile {
  std::string spec;  // path
  model::LoadOptions load;
  Request request;       // as the reader of the file would repeat it
  std::string property;  // that the run violates, or holds of; "" = none
  checker::NamedRun run;
};

// nullopt after an error.
std::optional<RunFile> read_run_file(const std::string& path, const RunPick& pick,
                                     const std::string& specs, model::Diagnostics& diagnostics);

// The model that the run is one of, and the run walked by the interpreter.
struct LoadedRun {
  checker::Checked checked;  // the reading alone: no findings
  std::unique_ptr<checker::Interpreter> interpreter;
  checker::FoundRun found;
};
std::optional<LoadedRun> load_run(const std::string& path, const RunFile& file,
                                  model::Diagnostics& diagnostics);

// A run as a file of its own. `property`: what it violates, or "".
std::string run_file_json(const checker::Checked& checked, const checker::Run& run,
                          const std::string& property, const Request& request);

}  // namespace luproof::report
