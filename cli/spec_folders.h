// SPDX-License-Identifier: GPL-2.0-or-later
// Where this luproof finds its specs, and the user's: docs/install.md.
#pragma once

#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::cli {

struct FoundFolders {
  std::string shipped;   // "" if there are none
  std::string found_by;  // for --version
  std::vector<std::string> own;

  std::string specs() const;  // as model/spec_folders.h has it
};
// `given`: what --specs says, or "".
FoundFolders found_folders(const std::string& given);

// What is wrong with LUPROOF_SPECS and LUPROOF_PATH.
void check_environment(model::Diagnostics& diagnostics);

}  // namespace luproof::cli
