// SPDX-License-Identifier: GPL-2.0-or-later
// Why a run violates, for people and for programs.
#pragma once

#include <string>

#include "checker/explain/explain.h"
#include "report/text.h"

namespace luproof::report {

struct Explained {
  const checker::Checked& checked;  // the reading; no findings are read
  const checker::Run& run;
  std::string property;
  std::string because;  // the sentence, with whom it concerns
  const checker::Explanation& explanation;
};

std::string explain_text(const Explained& explained, const Request& request,
                         const TextOptions& options);
std::string explain_json(const Explained& explained, const Request& request);

}  // namespace luproof::report
