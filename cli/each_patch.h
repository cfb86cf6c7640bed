// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof check --each-patch`.
#pragma once

#include <string>
#include <vector>

#include "report/each_patch.h"

namespace luproof::cli {

struct PatchTask {
  std::string path;
  model::Reading reading;
};

// Prints what each patch does to each reading; the exit status.
int each_patch_of(const std::vector<PatchTask>& tasks, const model::LoadOptions& load,
                  checker::CheckOptions options, const checker::Limits& limits,
                  const report::Request& request, const std::string& format, bool colour);

}  // namespace luproof::cli
