// SPDX-License-Identifier: GPL-2.0-or-later
// The table of `luproof test --coverage`: every rule of the packs and designs that were named, and
// the readings that use it.
//
// A rule that no reading uses is a fact that nobody has ever confronted with a run; so it is a
// failure, not a remark.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::cli {

// The rules that a reading uses.
struct Uses {
  std::map<checker::RuleKey, checker::Exercise> rules;
  bool complete = false;  // every run was seen
};

// The rules of those of the files that are packs or designs.
std::vector<model::Rule> rules_to_test(const std::vector<std::string>& files,
                                       const model::LoadOptions& load,
                                       const checker::Limits& limits);

class Coverage {
 public:
  void add(const std::vector<model::Rule>& rules);
  // What one reading uses; in the order in which they are to be named.
  void used(const std::string& reading, const Uses& uses);
  // The same of one that a limit ended, or that was not begun: then who is used by nobody so far
  // may be used all the same.
  void unfinished(const std::string& reading, const std::optional<Uses>& uses);

  std::string text() const;
  nlohmann::ordered_json json() const;
  bool missing() const;  // some rule is used by nobody

 private:
  struct Row {
    model::Rule rule;
    checker::Exercise exercise;
    std::size_t readings = 0;
    std::string first;
  };
  static std::string values(const Row& row);

  std::vector<Row> rows_;
  std::map<checker::RuleKey, std::size_t> places_;
  std::vector<std::string> unseen_;  // readings of which not every run was seen
  std::size_t readings_ = 0, unfinished_ = 0;
};

}  // namespace luproof::cli
