// SPDX-License-Identifier: GPL-2.0-or-later
// The reports of a comparison, for a terminal and for programs.
#pragma once

#include <string>

#include "checker/diff.h"
#include "report/text.h"

namespace luproof::report {

// What was compared, as the user named it.
struct DiffRequest {
  Request a, b;                // paths, and the folder that is not shown
  std::string name_a, name_b;  // "pci-v5", "pci-v5:before"
  std::string again;           // the command
};

int exit_status(const checker::Diff& diff);
// "variant before, who=core"; "" for the file itself.
std::string reading_name(const model::Reading& reading);
// "no verdict differs", or what is not known of that; of a reading none of whose verdicts does.
std::string no_difference(const std::vector<const checker::ReadingDiff*>& readings);
// Names of the readings in which a rule differs; "" if it differs in all of them.
std::string readings_text(const checker::Diff& diff, const checker::RuleChange& change);

std::string diff_text(const checker::Diff& diff, const DiffRequest& request,
                      const TextOptions& options);
std::string diff_markdown(const checker::Diff& diff, const DiffRequest& request);
std::string diff_json(const checker::Diff& diff, const DiffRequest& request);

}  // namespace luproof::report
