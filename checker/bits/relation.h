// SPDX-License-Identifier: GPL-2.0-or-later
// The ground system as bits: what AIGER, and whoever else wants one circuit, reads.
//
// The relation is total and functional: a state and an input have exactly one next state. The input
// is the number of a step; one that is no step, or not enabled, or ends the run at a full pool,
// leaves the state as it is. So a dead end is a state that goes on for ever, never one without a
// next state, which a prover could take for "nothing bad follows". A stutter reaches nothing new:
// the reachable states are those of the system, and so are violations of safety.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "checker/bits/aig.h"
#include "checker/ground/system.h"

namespace luproof::checker::bits {

// Slot = low + the number that its bits spell, lowest first. No bits: it is always `low`.
struct SlotBits {
  Value low = 0;
  int first = 0;  // in Relation::state
  int width = 0;
};

struct Relation {
  Aig aig;
  std::vector<SlotBits> slots;  // of every slot of the system
  std::vector<Lit> state;       // variables
  std::vector<Lit> next;        // of each of `state`, over state and input
  std::vector<Lit> input;       // variables: a number in binary, lowest bit first
  std::vector<int> steps;       // the transition that each number stands for

  Lit valid = kFalse;  // the input is a step that is enabled and goes on; else `next` is `state`
  // The first states, as a condition on the state. A bit with a value is that in all of them.
  Lit initial = kFalse;
  std::vector<std::optional<bool>> first;  // of each of `state`

  // Per property: violated in this state, or by the step that the input takes from it. kFalse for
  // what is no safety property.
  std::vector<Lit> bad;
  std::map<Fault, Lit> faults;  // some step out of this state goes wrong
  // Some step out of this state finds a pool full. Nothing is known of what would come behind it.
  Lit exhausted = kFalse;

  std::vector<char> bits_of(const State& all_slots) const;  // by node, for Aig::evaluate
  State state_of(const std::vector<Lit>& lits, const std::vector<char>& values) const;
  void set_input(std::vector<char>& values, std::size_t number) const;
};

Relation relation_of(const System& system);

}  // namespace luproof::checker::bits
