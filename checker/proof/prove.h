// SPDX-License-Identifier: GPL-2.0-or-later
// From the findings of an engine to a proof that somebody else can check: an invariant, the text of
// its obligations, and what Z3 says to that very text.
#pragma once

#include <memory>

#include "checker/proof/learn.h"
#include "checker/proof/obligations.h"
#include "checker/proof/why.h"

namespace luproof::checker {

struct Proof {
  std::vector<int> properties;  // that it shows; built-in violations beside them
  std::vector<Fault> faults;
  Invariant invariant;  // beside the box
  proof::Certificate certificate;
  std::string reason;  // why there is none; "" if every obligation was refused
};

}  // namespace luproof::checker

namespace luproof::checker::proof {

Subject subject_of(const model::Model& model, const std::string& variant,
                   const std::string& topology);

// `graph`: every reachable state, or null if an engine left an invariant with its findings.
std::shared_ptr<const Proof> prove(System& system, const Graph* graph,
                                   const std::vector<Finding>& findings, const Subject& subject,
                                   const Limits& limits);

}  // namespace luproof::checker::proof
