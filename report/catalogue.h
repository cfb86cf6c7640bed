// SPDX-License-Identifier: GPL-2.0-or-later
// Every rule of the packs, with what it says, who says so, and which specs rest on it.
#pragma once

#include <string>
#include <vector>

#include "model/rule_list.h"

namespace luproof::report {

struct Pack {
  std::string name, about, path, status, versions;
  std::vector<std::string> cite;
  std::vector<model::Rule> rules;    // rules only, in the order of the file
  std::vector<std::string> used_by;  // designs, cases and questions, through other packs too
};

// The packs among the files and those that the files use, in the order of their paths. Empty after
// an error; without a pack in them that is an error too.
std::vector<Pack> catalogue(const std::vector<std::string>& files,
                            const model::LoadOptions& options, model::Diagnostics& diagnostics);

std::string catalogue_text(const std::vector<Pack>& packs);
std::string catalogue_json(const std::vector<Pack>& packs);
// docs/rules.md; without line numbers, so that it changes only where a rule does.
std::string catalogue_markdown(const std::vector<Pack>& packs);

}  // namespace luproof::report
