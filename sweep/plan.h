// SPDX-License-Identifier: GPL-2.0-or-later
// What a sweep asks: which designs, in which readings, on which topologies, and which captures.
//
// All paths are relative to the plan's own folder, so that a plan says the same on every machine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::sweep {

// A text of the plan and where it stands.
struct Word {
  std::string text;
  model::Span span;
};

struct Designs {
  std::vector<std::string> files;                    // of a pattern in the order of their bytes
  std::vector<Word> variants;                        // empty: all
  std::map<std::string, std::vector<Word>> choices;  // of those not named: all
  std::vector<Word> properties;                      // empty: all
  std::vector<std::string> topologies;               // "": the design's own
  std::vector<int> vfs;                              // of each PF; 0: as the topology has them
  model::Span span;
};

// One run of a kernel (`files`), or all of a folder.
struct Captures {
  std::vector<std::string> files;
  std::string folder;
  std::string name;
  std::vector<std::string> keep, stats, probes;
  std::string claim, kernel, binding, topology_at, topology_after, variant;
  bool strict = false;
  std::vector<std::string> topologies;  // "": none, or the one that lies beside
  std::vector<std::string> designs;     // "": that of the kernel
  model::Span span;
};

struct Plan {
  std::string name;
  model::SourcePtr source;
  std::string folder;      // absolute
  double seconds = 0;      // of each task; 0: any time
  std::size_t memory = 0;  // of each task; 0: its part of the machine's
  std::vector<Designs> designs;
  std::vector<Captures> captures;
};

std::optional<Plan> read_plan(const std::string& path, model::Diagnostics& diagnostics);

// Files that a pattern (*, ? and [] as a shell has them) fits, in the order of their bytes.
std::vector<std::string> files_of_pattern(const std::string& folder, const std::string& pattern);

}  // namespace luproof::sweep
