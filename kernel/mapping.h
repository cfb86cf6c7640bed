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
  // Where the design has nothing but a pack, or nothing at all: who else in the specs is about it.
  std::vector<Citation> others;
  std::string stub_of;  // the file that has the function, of which this is a header's stub
  // A rule is about it; one that only mentions it is not enough.
  bool modelled() const { return !by.empty() && by[0].how != Speaks::Sentence; }
  // The rules about it say what kernels do without the series, and it is there without the series.
  bool as_it_was() const;
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
  std::size_t left = 0;  // patches that were not looked at
  std::string stopped;   // what ended the work before its end, "--timeout"; "" = nothing
  std::size_t said = 0;  // `at:` and `patch:` of the design's own file
  std::vector<Unsupported> unsupported;
};

// `citations` are those of the design or of the packs, whatever they cite, `others` those of all
// specs; `own` the rules of the design's own file, none without a design.
Mapping map_series(const std::string& title, const std::vector<PatchChanges>& changes,
                   const Citations& citations, const Citations& others,
                   const std::vector<model::Rule>& own, const std::string& path,
                   model::Diagnostics& diagnostics);

}  // namespace luproof::kernel
