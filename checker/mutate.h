// SPDX-License-Identifier: GPL-2.0-or-later
// What a reading loses without one of the things that it says.
//
// A change (model/edit.h) is needed for a property that held before and is violated or vacuous
// with it. A change to a rule that no run of the reading uses cannot matter and costs no search.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "checker/check.h"
#include "model/edit.h"

namespace luproof::checker {

struct Loss {
  std::string property;
  Verdict verdict = Verdict::Violated;  // or Vacuous
  int steps = 0;                        // visible ones, of the shortest run
  std::string by;                       // its last visible step
};

struct Mutation {
  model::Edit edit;
  std::string rule, patch;  // in whose text it stands; "" = none has it
  std::vector<std::string> cite;
  bool used = true;    // some run comes there
  std::string untold;  // why it is not known what is lost; "" = it is
  std::vector<Loss> losses;
  std::shared_ptr<const Checked> checked;  // if it was asked for
  bool needed() const { return !losses.empty(); }
};

struct Mutations {
  std::string path;
  model::LoadOptions load;
  model::Reading reading;
  std::unique_ptr<Checked> base;
  std::set<std::string> held;      // properties of `base`
  std::set<std::string> violated;  // likewise
  std::vector<Mutation> all;       // by file and line
};

// Checks the reading and lists what could be changed in the design's own file, or in `everything`
// that it uses. nullopt after an error in the input.
std::optional<Mutations> mutations(const std::string& path, const model::LoadOptions& load,
                                   const model::Reading& reading, bool everything,
                                   const CheckOptions& options, const Limits& limits,
                                   model::Diagnostics& diagnostics);

// Makes the change and checks again. Safe for different mutations side by side.
void try_mutation(const Mutations& mutations, Mutation& mutation, const CheckOptions& options,
                  bool keep, const Limits& limits);

}  // namespace luproof::checker
