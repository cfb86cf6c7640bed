// SPDX-License-Identifier: GPL-2.0-or-later
// The states of an explored design that lie between beginning and end of what is measured.
//
// Every reachable state is met in up to three phases: before what is measured, within it, after it.
// Those within are the nodes of a graph whose edges weigh what a step adds.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "checker/ask/steps.h"
#include "checker/explored.h"
#include "checker/explorer/path.h"

namespace luproof::checker::ask {

constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

class Span {
 public:
  struct Edge {
    std::uint32_t to = 0;        // node
    std::uint32_t by = kNobody;  // transition; kNobody: the state itself is the end
    std::int64_t weight = 0;
  };
  struct Node {
    std::uint32_t state = kNobody;
    std::vector<Edge> edges;
  };
  enum Phase : std::uint8_t { Before, Within, After, kPhases };
  struct Entry {  // where what is measured begins, with so much of it already
    std::uint32_t node = 0;
    std::int64_t head = 0;
    std::uint32_t from = kNobody, by = kNobody;  // state and transition; nobody: a first state
    Phase phase = Before;                        // of `from`
  };

  Span(const Explored& explored, const model::Criterion& criterion, Steps& steps);

  static constexpr std::uint32_t kEnd = 0;  // the node that stands for the end
  std::vector<Node> nodes;
  std::vector<Entry> entries;

  Way way_to(const Entry& entry) const;
  void go(Way& way, std::uint32_t by, std::uint32_t state) const;
  // Where a transition leads to from there.
  std::uint32_t next(std::uint32_t state, std::uint32_t by) const;

 private:
  struct Seen {
    bool reached = false;
    std::uint32_t from = kNobody, by = kNobody;
    Phase phase = Before;  // of `from`
  };

  void start(std::uint32_t state);
  void expand(std::uint32_t state, Phase phase);
  void arrive(std::uint32_t state, Phase phase, const Seen& seen);
  std::uint32_t node(std::uint32_t state);
  bool is(Term condition, const State& state) const {
    return condition >= 0 && s_.terms.evaluate(condition, state) != 0;
  }

  const System& s_;
  const Graph& g_;
  Steps& steps_;
  bool begins_at_start_;
  Term from_ = -1, to_ = -1;  // conditions
  std::vector<Seen> seen_[kPhases];
  std::vector<std::uint32_t> node_of_;  // of a state
  std::vector<std::pair<std::uint32_t, Phase>> queue_;
};

}  // namespace luproof::checker::ask
