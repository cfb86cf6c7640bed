// SPDX-License-Identifier: GPL-2.0-or-later
// What each patch of a series does to the verdicts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checker/each_patch.h"
#include "report/facts.h"
#include "report/text.h"

namespace luproof::report {

struct EachPatch {
  model::Reading reading;
  std::vector<checker::Prefix> prefixes;  // the base first
  Request request;
  std::string again;  // the command
};

std::string each_patch_text(const EachPatch& each, const TextOptions& options);
nlohmann::ordered_json each_patch_json(const EachPatch& each);
// 1: the whole series breaks something, or some prefix breaks what the base keeps.
int exit_status(const EachPatch& each);

}  // namespace luproof::report
