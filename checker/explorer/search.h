// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "checker/explorer/explorer.h"

namespace luproof::checker {

// One search; explorer.cpp.
class Search {
 public:
  Search(System& system, const ExploreOptions& options, const Limits& limits, Graph& graph);
  void run();
  Outcome finish();

 private:
  struct Key {
    std::uint16_t weight = 0, length = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Best {  // the nearest place: a state, or a transition out of it
    bool found = false;
    Key key;
    std::uint32_t state = 0;
    std::int32_t by = -1;
  };
  struct PropertyBest {
    bool wanted = true, latched = false;
    Best violation, witness;
    std::set<std::string> by;
  };
  struct FaultBest {
    Best violation;
    std::set<std::string> by;
  };

  void add(const State& state, std::uint32_t parent, std::int32_t by, Key key);
  void watch(std::uint32_t number, const State& state);
  void expand(std::uint32_t number);
  static void note(Best& best, Key key, std::uint32_t state, std::int32_t by);
  bool stopped();
  bool all_decided(Key key) const;
  Run run_to(const Best& best);
  void last_steps();
  void settle(Finding& finding, const PropertyBest& best);
  std::string reason() const;

  System& s_;
  const ExploreOptions& options_;
  const Limits& limits_;
  Graph& g_;
  std::vector<Code> code_;  // per transition: guard, checks, updates
  Code watch_;              // per property: bad, possible
  std::map<Key, std::vector<std::uint32_t>> frontier_;
  std::vector<PropertyBest> best_;
  std::map<Fault, FaultBest> faults_;
  Best passed_kexec_;
  std::vector<std::uint64_t> bad_;  // per state: the first 64 properties
  std::vector<Value> registers_;
  State current_, next_;
  std::uint32_t last_ = 0;
  Outcome outcome_;
};

}  // namespace luproof::checker
