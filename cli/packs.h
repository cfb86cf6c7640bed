// SPDX-License-Identifier: GPL-2.0-or-later
// Packs of rules as models of their own.
//
// A pack speaks of functions in general and mostly brings no topology, but its constants have to be
// looked up somewhere. So it is loaded on a stand-in then: a port, a PF and its VF.
#pragma once

#include <optional>
#include <string>

#include "model/load.h"

namespace luproof::cli {

// "rules", "design", "case" or "question"; "" after an error.
std::string kind_of(const std::string& path, const model::LoadOptions& options,
                    model::Diagnostics& diagnostics);
std::optional<model::Model> load_pack(const std::string& path, model::LoadOptions options,
                                      model::Diagnostics& diagnostics);

}  // namespace luproof::cli
