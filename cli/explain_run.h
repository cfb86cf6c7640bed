// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof explain RUN.json`: why a kept counterexample happens.
#pragma once

#include <string>

#include "cli/options.h"
#include "report/run_file.h"

namespace luproof::cli {

struct ExplainRun {
  std::string path, format = "text";
  report::RunPick pick;
  std::string specs;
  LimitOptions limits;
  ColourOption colour;

  int run() const;
};

// It names a run and not a rule.
bool names_a_run(const std::string& name);

}  // namespace luproof::cli
