// SPDX-License-Identifier: GPL-2.0-or-later
// From a plan to numbered tasks, the same on every machine, and to a hash of all that they read.
//
// A result is worth something beside others only if they were asked the same: so the hash is over
// the plan, every spec that it leads to by `use`, every dump and every capture. Machines that have
// other files get another hash, and `luproof merge` refuses to mix the two.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sweep/plan.h"
#include "traces/validator.h"

namespace luproof::sweep {

struct Task {
  std::string name;   // unique in the plan
  std::string about;  // what a table counts it under: the design's file, or the run's name
  // Of `luproof check`; of `luproof trace` if there is no file.
  std::string file, variant;
  std::map<std::string, std::string> choices;
  std::vector<std::string> properties;  // empty: all
  std::string topology;                 // a dump or a spec; "": the design's own
  int vfs = 0;
  traces::ValidateOptions trace;

  bool is_trace() const { return file.empty(); }
};

struct Tasks {
  std::vector<Task> all;  // number 1 first
  std::string hash;       // of the plan and all that it leads to
};

// The tasks of a plan, whose folder has to be the working directory. `built_in`: properties that
// every design has. nullopt after an error.
std::optional<Tasks> tasks_of(const Plan& plan, const std::string& specs,
                              const std::vector<std::string>& built_in,
                              model::Diagnostics& diagnostics);

// A dump, or the topology that a spec (.yaml) gives. nullopt after an error.
std::optional<model::Topology> read_topology(const std::string& path, const std::string& specs,
                                             model::Diagnostics& diagnostics);

}  // namespace luproof::sweep
