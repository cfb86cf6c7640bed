// SPDX-License-Identifier: GPL-2.0-or-later
// A folder of captures, as a CI job leaves it, split into runs that are judged by themselves.
//
// What belongs together is said by `captures.yaml`, and guessed from names where there is none. A
// wrong guess would be a wrong verdict in silence, so only names that can mean one thing join
// files; whatever is not judged, or not used, is listed with the reason.
#pragma once

#include <string>
#include <vector>

#include "traces/validator.h"

namespace luproof::traces {

struct BatchRun {
  std::string name;         // unique; the capture's path below the folder, or the sub-folder's
  ValidateOptions options;  // as the command line gave them, with what belongs to this run
};

struct LeftOut {
  std::string file;  // below the folder
  std::string why;
};

struct Batch {
  std::vector<BatchRun> runs;
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;  // guesses that could not be made
};

inline constexpr const char* kBatchManifest = "captures.yaml";

// What has to be judged below `folder`; `common` is what the command line says for all runs. False
// after an error; a folder without a capture is one.
bool find_runs(const std::string& folder, const ValidateOptions& common, Batch& batch,
               model::Diagnostics& diagnostics);

// The runs that a manifest lists; its paths start from its own folder. `below` comes before the
// name of each run.
bool read_manifest(const std::string& path, const std::string& below, const ValidateOptions& common,
                   Batch& batch, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
