// SPDX-License-Identifier: GPL-2.0-or-later
// Why a property holds, for people: the part of an invariant that it needs by itself, in the words
// of the spec, and the conditions of steps without which the proof fails.
#pragma once

#include <string>
#include <vector>

#include "checker/verdict.h"

namespace luproof::checker {

struct System;
struct Proof;

struct Why {
  struct Guard {
    std::string step;  // "vmm: luo_prepare (luo-v4.yaml:57)"
    std::string file;
    int line = 0;
    bool operator==(const Guard&) const = default;
  };
  int property = -1;
  std::vector<std::string> clauses;
  std::vector<Guard> guards;
};

namespace proof {

// Of every property that the proof shows. Empty where a limit came first.
std::vector<Why> why(System& system, const Proof& proof, const Limits& limits);

}  // namespace proof
}  // namespace luproof::checker
