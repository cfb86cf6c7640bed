// SPDX-License-Identifier: GPL-2.0-or-later
// The reachable states turned round: for each value of each slot, the set of states that have it,
// as bits. Whether a clause is true in all of them is then a few word operations, so clauses can be
// tried by the thousand.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/explorer/explorer.h"
#include "checker/proof/bounds.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

class Columns {
 public:
  using Bits = std::vector<std::uint64_t>;
  // nullopt: they would take more memory than a search may hold.
  static std::optional<Columns> of(const System& system, const Graph& graph, const Limits& limits);

  // A clause that is true in every reachable state and false where these slots have these values;
  // nullopt if a reachable state has them. It speaks of few slots, of data rather than of control,
  // and says as much as it can about them.
  std::optional<Clause> exclude(const std::vector<std::pair<int, Value>>& state) const;

 private:
  struct Column {
    std::vector<Value> values;  // ascending
    std::vector<Bits> states;   // of each value; none if there is only one
  };
  struct Part {
    int slot = -1;
    Value value = 0;
    std::size_t at = 0;  // index in the column
  };
  std::optional<std::vector<Part>> pair(const std::vector<Part>& parts) const;
  std::optional<std::vector<Part>> several(const std::vector<Part>& parts) const;
  Clause widen(const std::vector<Part>& parts) const;
  bool control(int slot) const { return slot >= data_slots_; }
  const Bits& bits(const Part& part) const { return columns_[part.slot].states[part.at]; }

  std::vector<Column> columns_;
  std::size_t words_ = 0, states_ = 0;
  int data_slots_ = 0;
};

}  // namespace luproof::checker::proof
