// SPDX-License-Identifier: GPL-2.0-or-later
// A series beside a design: what of the one is in the other.
#pragma once

#include <string>
#include <vector>

#include "kernel/changes.h"
#include "kernel/citations.h"

namespace luproof::kernel {

struct MappedFunction {
  ChangedFunction function;
  std::vector<Citation> by;  // at and name first, sentences last
  // A rule is about it; one that only mentions it is not enough.
  bool modelled() const { return !by.empty() && by[0].how != Speaks::Sentence; }
};

struct MappedPatch {
  int number = 0;
  std::string subject;
  std::vector<MappedFunction> functions;
  std::vector<std::string> elsewhere, misfits;
};

// What a design says of a patch, and the series does not bear out.
struct Unsupported {
  model::Rule rule;
  std::string path, why;
};

struct Mapping {
  std::string title;
  std::vector<MappedPatch> patches;
  std::size_t said = 0;  // `at:` and `patch:` of the design's own file
  std::vector<Unsupported> unsupported;
};

// `citations` are those of the design or of the packs, whatever they cite; `own` the rules of the
// design's own file, none without a design.
Mapping map_series(const std::string& title, const std::vector<PatchChanges>& changes,
                   const Citations& citations, const std::vector<model::Rule>& own,
                   const std::string& path, model::Diagnostics& diagnostics);

}  // namespace luproof::kernel
