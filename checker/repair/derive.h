// SPDX-License-Identifier: GPL-2.0-or-later
// Candidates from counterexample runs: guards, switches, refusals, locks and orders.
#pragma once

#include <vector>

#include "checker/repair/candidates.h"

namespace luproof::checker::repair {

std::vector<Candidate> derived(const model::Composition& composition,
                               const model::LoadOptions& load, const Checked& base,
                               const std::vector<const Run*>& runs,
                               model::Diagnostics& diagnostics);

}  // namespace luproof::checker::repair
