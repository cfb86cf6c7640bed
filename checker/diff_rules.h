// SPDX-License-Identifier: GPL-2.0-or-later
// What two designs say differently, rule by rule.
//
// Rules are compared as they are written, without blanks, sources and sentences about them; two
// files that say the same in other words do differ. Files that both use are not looked into twice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/load.h"
#include "model/rule_list.h"

namespace luproof::checker {

struct RuleChange {
  std::string kind, name;  // "definition", "keeps_numbers"; "pack": a file that only one uses
  std::optional<model::Rule> a, b;  // absent: gained, lost
  std::vector<int> readings;        // pairs in which it differs
};

struct RuleSide {
  std::string path;
  model::LoadOptions load;  // variant included
};

// Adds the differences of pair number `reading` to `changes`; one that is there is only marked.
// false after an error in an input.
bool compare_rules(const RuleSide& a, const RuleSide& b, int reading,
                   std::vector<RuleChange>& changes, model::Diagnostics& diagnostics);

}  // namespace luproof::checker
