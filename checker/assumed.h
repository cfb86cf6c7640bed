// SPDX-License-Identifier: GPL-2.0-or-later
// A rule that nobody has verified is an assumption of every verdict that used it.
//
// Used: the code that some run reaches refers to it (without an exhausted search: the code that a
// run might reach), or the property or one of its claims does. Who says nothing about a fact's
// certainty says that it is certain, so only rules with a `status:`, their own or their file's, are
// named.
#pragma once

#include <memory>

#include "checker/ground/system.h"
#include "checker/verdict.h"
#include "model/compose.h"

namespace luproof::checker {

// Fills in Finding::assumed: "PACK.NAME (status)", in the order of the files.
void find_assumed(const System& system,
                  const std::vector<std::shared_ptr<const model::Document>>& documents,
                  const Statistics& statistics, std::vector<Finding>& findings);

}  // namespace luproof::checker
