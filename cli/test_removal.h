// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof test --removal`: every rule has a reading that fails without it.
//
// A rule that can go without anybody noticing is either not needed or not tested. Each rule is
// taken away in turn, and the readings that use it are tried, the cheapest first, until one no
// longer meets its expectations. A reading that does not use a rule cannot notice.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/test_coverage.h"

namespace luproof::cli {

// A reading that meets its expectations with all rules in place.
struct Baseline {
  std::string path, label;
  model::Reading reading;
  double seconds = 0;
  Uses uses;
  std::set<std::string> violated;  // properties that it expects to be violated
};

class Removal {
 public:
  Removal(std::vector<model::Rule> rules, std::vector<Baseline> baselines);

  // Only these; an id that no rule has is an error.
  void keep(const std::vector<std::string>& ids, model::Diagnostics& diagnostics);
  void run(int jobs, const checker::Limits& whole, const model::LoadOptions& load);

  std::string text() const;
  nlohmann::ordered_json json() const;
  bool unnoticed() const;   // some rule that was tried
  bool unfinished() const;  // some rule was not, since there was no time

 private:
  struct Row {
    model::Rule rule;
    std::string by, how;  // the reading that notices, and what it says
    std::string instead;  // of a definition: what it was taken for
    std::size_t tried = 0;
    std::vector<std::string> broken;  // readings that do not load without it
    bool unfinished = false;
  };
  void one(Row& row, const checker::Limits& limits, const model::LoadOptions& load) const;
  bool notices(Row& row, const Baseline& baseline, bool instead, const checker::Limits& limits,
               model::LoadOptions load) const;

  std::vector<Row> rows_;
  std::vector<Baseline> baselines_;  // the cheapest first
};

}  // namespace luproof::cli
