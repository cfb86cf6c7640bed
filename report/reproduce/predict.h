// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture of a forced run has to show, and whether it did.
//
// The prediction is made from the run before anything is recorded, and the verdict by `luproof
// trace`, which knows nothing of the run. The two are held together here, by names of functions
// that the script found on the machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/reproduce/forces.h"
#include "report/run_file.h"
#include "traces/binding.h"

namespace luproof::report {

struct Prediction {
  std::string property, because, claim;  // claim: its level, "" = no claim binds it
  int step = 0;                          // of the run, that violates
  int kernel = 1;                        // in which it does: the first, or one behind a kexec
  std::string text;                      // "vf_enable_clear(pf0)"
  std::string function;                  // for which it is violated, or ""
  // What lines may say: "command_write({rp}, false)". None: the step is no event.
  std::vector<std::string> events;
  std::vector<int> functions;  // of the topology, that it speaks of
};

// A name for each function of the topology that a shell can read: its own, "f_0000_01_10_0" or
// "f3".
std::vector<std::string> shell_names(const model::Topology& topology);

// nullopt after an error: the run violates nothing.
std::optional<Prediction> predict(const LoadedRun& loaded, const RunFile& file,
                                  const Forces& forces, model::Diagnostics& diagnostics);
// Why luproof trace could not show it, with this binding; "" if it can.
std::string unseen(const Prediction& prediction, const traces::Binding& binding);
std::string prediction_json(const Prediction& prediction, const std::string& spec,
                            const std::string& variant);

// What has become of it: the text for people, and the exit status.
struct Fulfilment {
  std::string text;
  int status = 0;
};
// `verdict`: what `luproof trace --format json` has printed; `roles`: lines "vf0 0000:01:00.1" of
// the script. nullopt after an error.
std::optional<Fulfilment> fulfilment(const std::string& prediction, const std::string& verdict,
                                     const std::string& roles, model::Diagnostics& diagnostics);

}  // namespace luproof::report
