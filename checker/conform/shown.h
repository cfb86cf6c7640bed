// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture could show of each transition, in the order in which it would.
#pragma once

#include <unordered_map>
#include <vector>

#include "checker/conform/conform.h"

namespace luproof::checker {

struct Emission {
  Seen::Kind kind = Seen::Kind::Enter;
  int subject = -1;
  std::vector<Term> args;
  Term result = -1;
};

// An event comes before the calls that its step leads to; of joined steps only the first can be
// one.
class Shown {
 public:
  explicit Shown(const System& system);

  const std::vector<Emission>& of(int transition) const { return emissions_[transition]; }
  // How many procedures with a name of the kernel are entered, less those that are left.
  int depth(int transition) const { return depth_[transition]; }
  static bool visible(const Emission& emission, const Visible& kernel);
  // Of events that happen by themselves, those that a line may be about.
  const std::vector<int>& by_itself(const Seen& seen) const;

 private:
  static std::uint64_t key(int event, const std::vector<Value>& args);

  std::vector<std::vector<Emission>> emissions_;
  std::vector<int> depth_;
  std::unordered_map<std::uint64_t, std::vector<int>> exact_;  // event and arguments
  std::unordered_map<int, std::vector<int>> by_event_;
};

}  // namespace luproof::checker
