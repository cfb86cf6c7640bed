// SPDX-License-Identifier: GPL-2.0-or-later
// A design as its series grows: without any of its patches, with the first, with the first two, …
//
// Maintainers want every prefix of a series to be no worse than what it is based on, since
// bisection lands anywhere. A rule belongs to the patch that its `patch:` names; beyond that patch
// it is taken away as `luproof test --removal` takes it away (model/remove.h). Rules without one
// are the base.
#pragma once

#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::checker {

struct Prefix {
  int patch = 0;  // the last one that is in; 0: none
  std::optional<Checked> checked;
  std::string error;  // why there is none
};

// The patches that the rules of a file name, in order. One that is no number is an error.
std::vector<int> patches_of(const std::string& path, const model::LoadOptions& load,
                            model::Diagnostics& diagnostics);
// The verdicts with the patches up to `patch`.
Prefix after_patch(const std::string& path, const model::LoadOptions& load,
                   const model::Reading& reading, int patch, const CheckOptions& options,
                   const Limits& limits);

// From where on a property has which verdict.
struct Phase {
  int patch = 0;
  Verdict verdict = Verdict::Unknown;
};
struct Course {
  std::string property;
  std::vector<Phase> phases;  // begins with the base
  std::vector<int> worse;     // patches after which it is violated, though the base keeps it
  bool changes() const { return phases.size() > 1; }
};
std::vector<Course> courses(const std::vector<Prefix>& prefixes);

}  // namespace luproof::checker
