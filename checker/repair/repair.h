// SPDX-License-Identifier: GPL-2.0-or-later
// The smallest sets of changes with which a reading keeps what it claims.
//
// Counterexample runs say which candidates could stop them; a set that no run is known to survive
// is the cheapest hitting set (checker/repair/hitting.h), and it is checked in full: it is a repair
// if every property holds then, in every state, with the witnesses that show that the promise is
// still taken up. If not, the run that shows it is one more to be stopped.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "checker/repair/candidates.h"
#include "checker/repair/hitting.h"

namespace luproof::checker::repair {

struct RepairOptions {
  std::vector<std::string> properties;  // to be repaired; empty: all that are violated
  int most = 5;                         // repairs to look for
  int size = 2;                         // changes in one
  int jobs = 1;
  bool derive = true;  // candidates from the runs, beside those that are declared
  // Calls act(0) … act(count - 1), some at a time.
  std::function<void(std::size_t count, const std::function<void(std::size_t)>& act)> side_by_side;
  std::function<void(std::size_t tried, std::size_t of)> progress;
};

struct Repair {
  Set set;
  std::shared_ptr<const Checked> checked;
};

struct Repairs {
  std::unique_ptr<Checked> base;
  std::vector<std::string> violated;  // what is to be repaired
  std::vector<Candidate> all;
  std::vector<Repair> found;  // all of one size, the likeliest first
  std::size_t tried = 0;
  std::map<std::string, std::size_t> why_not;  // of sets that were tried: how many ended so
  std::vector<std::string> unstopped;          // properties whose run no candidate changes
  std::string stopped;  // why there may be more; "" = all sets were looked at
};

// nullopt after an error in the input.
std::optional<Repairs> repair(const std::string& path, const model::LoadOptions& load,
                              const model::Reading& reading, const RepairOptions& asked,
                              const CheckOptions& options, const Limits& limits,
                              model::Diagnostics& diagnostics);

}  // namespace luproof::checker::repair
