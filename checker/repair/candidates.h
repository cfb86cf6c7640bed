// SPDX-License-Identifier: GPL-2.0-or-later
// Changes that may be a repair, or a part of one: those that a spec declares under `candidates:`,
// and those that follow from its counterexample runs.
//
// Each is what a variant could hold, entries of `override:` and `extend:`, so that what is proved
// is what is printed.
#pragma once

#include <string>
#include <vector>

#include "checker/check.h"
#include "checker/repair/vocabulary.h"
#include "model/edit.h"
#include "model/yaml_text.h"

namespace luproof::checker::repair {

struct Candidate {
  std::string name;   // declared: its name
  std::string about;  // derived: what it does
  std::vector<std::string> cite;
  bool declared = false;
  int rank = 0;  // among sets of one size the lower come first; below 1,000
  std::vector<model::YamlEntry> overrides, extends;

  // What it takes for it to change a run. Declared ones, exchanges and locks may change any.
  enum class When { Always, Somewhere, Firing } when = When::Always;
  Condition condition;  // has to be `turns`: of some argument in some state of the run,
  bool turns = true;
  std::string event;  // or, Firing: of the argument with which this event happens
  std::size_t parameter = 0;
};

// The changes of a set as a variant would hold them, `indent` deep.
std::string variant_text(const std::vector<const Candidate*>& set, int indent);
// Both change one declaration, so that one of them would be lost.
bool exclude_each_other(const Candidate& a, const Candidate& b);
// The run may go another way with the candidate.
bool may_change(const Candidate& candidate, const model::Model& model, const plain::World& world,
                const Run& run);

// `base` was checked with CheckOptions::observe; `runs` are its counterexamples.
std::vector<Candidate> candidates(const model::Composition& composition,
                                  const model::LoadOptions& load, const Checked& base,
                                  const std::vector<const Run*>& runs, bool derive,
                                  model::Diagnostics& diagnostics);

}  // namespace luproof::checker::repair
