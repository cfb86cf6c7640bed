// SPDX-License-Identifier: GPL-2.0-or-later
// One question to all engines: load a reading of a spec, decide its properties, replay what was
// found in the interpreter, find what a violation needs.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/anynumber/more_vfs.h"
#include "checker/coverage.h"
#include "checker/proof/why.h"
#include "checker/verdict.h"
#include "model/load.h"

namespace luproof::checker {

struct Configuration;

// Auto: the explorer, or the solver where a topology leaves so much open that first states cannot
// be listed.
enum class Engine { Auto, Explorer, Smt, Pdr };

struct CheckOptions {
  Engine engine = Engine::Auto;
  std::vector<std::string> properties;  // names; empty: all
  bool needs = true;                    // find the environment acts that a violation needs,
  bool expected_needs = false;  // but only if the spec expects some: each act costs a search
  bool fuse = true;
  bool symmetry = true;  // of the explorer: one state for all that differ by an exchange only
  int threads = 0;       // of the explorer; 0: as many as pay
  bool keep = false;     // Checked::explored
  std::set<std::string> without;  // assumptions of the spec that are not made
  bool prove = false;             // Checked::proof, which somebody else can check
  bool why = false;               // Checked::why
  bool observe = false;           // note what the runs use
  bool visible_steps = false;     // and which visible steps there are
  bool any_vfs = false;           // ask whether what holds does so for any number of VFs
};

struct Explored;
struct Proof;  // checker/proof/prove.h

// A reading of a spec and what was found. The model and layout stay, since findings speak of them.
struct Checked {
  model::Reading reading;
  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::vector<Finding> findings;
  Statistics statistics;
  std::vector<std::string> acts_off;  // environment acts that were not allowed
  std::vector<std::string> acts_on;
  std::vector<std::string>
      never_fired;  // procedures and events of the spec's own file that no run reaches
  std::vector<std::string> choices_fixed;
  std::vector<std::string> beside;  // built-in violations that runs end in, and nobody asked for
  std::shared_ptr<const Explored> explored;  // if it was asked for and every state was seen
  std::shared_ptr<const Proof> proof;        // where it was asked for
  std::vector<Why> why;                      // likewise, of each property that holds
  std::shared_ptr<const Observed> observed;  // where it was asked for
  std::map<RuleKey, Exercise> exercised;     // likewise
  std::optional<AnyVfs> any_vfs;             // likewise, where something holds
  std::string broken;  // a run did not replay: luproof's own error; nothing else is to be believed
};

// nullopt after an error in the input. Every run in the result was replayed by the interpreter.
std::optional<Checked> check(const std::string& path, const model::LoadOptions& load,
                             const model::Reading& reading, const CheckOptions& options,
                             const Limits& limits, model::Diagnostics& diagnostics);

// Only the findings of these names stay; none: all. What else was violated is in Checked::beside.
void keep_only(Checked& checked, const std::vector<std::string>& properties);

// What `test` says of a checked reading: one line for each expectation that is not met. Empty: all
// are.
std::vector<std::string> unmet(const Checked& checked);

// Fills in the states within fused steps and confirms every step and the violation at the end.
// The error text, or "" if the run is a run of the model. `element`: for which it violates the
// property. `end`: where the interpreter stands then.
std::string replay(const model::Model& model, const model::Layout& layout, Run& run, int property,
                   Value* element = nullptr, Configuration* end = nullptr);

}  // namespace luproof::checker
