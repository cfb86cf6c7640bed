// SPDX-License-Identifier: GPL-2.0-or-later
// Everything that can follow a state of a run.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "checker/explain/ground_run.h"
#include "checker/explorer/explorer.h"

namespace luproof::checker {

// A system that starts in one state for a while, without some step if that is asked for.
class Onward {
 public:
  Onward(System& system, const State& from);
  ~Onward();
  Onward(const Onward&) = delete;
  Onward& operator=(const Onward&) = delete;

  // No step with this label and these arguments.
  void leave_out(const Label& label, const std::vector<Value>& args);
  // `only`: a property, or -1 for all.
  Outcome explore(Graph& graph, int only, const Limits& limits);

 private:
  System& s_;
  std::vector<std::optional<Value>> initial_;
  std::map<int, SlotRange> first_;
  std::vector<std::pair<int, Term>> initial_terms_;
  std::vector<Term> assumptions_;
  std::vector<std::vector<std::pair<int, Value>>> starts_;
  std::vector<std::pair<std::size_t, Term>> guards_;  // as they were
};

// Instances that wait within a procedure and that no continuation in this kernel moves, if none
// comes to a kexec.
std::vector<int> stuck(System& system, const State& at, const Limits& limits);

// The states of an explored graph from which some continuation does not violate, as long as all
// actors go on where they can. The graph's steps that violate lead out of it afterwards.
std::vector<char> avoids(System& system, Graph& graph, const Violation& violation,
                         const std::vector<int>& stuck);

}  // namespace luproof::checker
