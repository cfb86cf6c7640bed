// SPDX-License-Identifier: GPL-2.0-or-later
// What a model consists of, for looking at: as text, or as Graphviz.
#pragma once

#include <string>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::report {

std::string show_topology(const model::Topology& topology);
// What each of these functions hangs on, the nearest first, up to the root bus.
std::string show_dependencies(const model::Topology& topology, const std::vector<int>& shown);
std::string show_claims(const model::Model& model);
// Cells with their lives, actors, and the sizes of what the engines read.
std::string show_system(const checker::System& system);
// Actors and the procedures and events that their code runs into.
std::string show_lifecycle(const model::Model& model);
std::string lifecycle_dot(const model::Model& model);

}  // namespace luproof::report
