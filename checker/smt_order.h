// SPDX-License-Identifier: GPL-2.0-or-later
// One order for steps that do not see each other.
//
// Two neighbouring steps of different actors that touch nothing in common lead to the same state in
// either order. Of all orders of such steps only the one with the lower actor first is kept: every
// run has a sorted one with the same steps but the last, the same last step, and the same states
// before and behind it. So nothing is lost that a last step or a last state shows.
#pragma once

#include <vector>

#include "checker/ground/system.h"
#include "checker/smt_circuit.h"

namespace luproof::checker::smt {

struct Taken {
  int transition = -1;
  Lit lit = kFalse;
};

class StepOrder {
 public:
  explicit StepOrder(System& system);
  // Two steps in a row and whether there is a third: sorted then, unless they depend on each other.
  void sort(Circuit& circuit, const std::vector<Taken>& first, const std::vector<Taken>& second,
            Lit third) const;

 private:
  struct Touched {
    std::vector<Lit> by_actor;  // of the step; what happens by itself is an actor of its own
    std::vector<std::vector<Lit>> reads, writes;  // of each shared slot
    std::vector<Lit> everything;
  };
  Touched touched(const std::vector<Taken>& step, Circuit& circuit) const;

  struct Access {
    int actor = 0;
    bool everything = false;         // control of other actors
    std::vector<int> reads, writes;  // numbers of shared slots
  };
  std::vector<Access> accesses_;  // of transitions
  std::size_t actors_ = 0, shared_ = 0;
};

}  // namespace luproof::checker::smt
