// SPDX-License-Identifier: GPL-2.0-or-later
// What a reader of a run sees of a state: the cells that a spec declares, as names and texts. Lists
// and sets are one cell each; budgets, samples and history are bookkeeping of the checker.
#pragma once

#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::report {

class StateCells {
 public:
  explicit StateCells(const checker::Checked& checked);

  std::size_t size() const { return cells_.size(); }
  std::string name(std::size_t cell) const;  // "function.bus_master[rp]"
  std::string text(std::size_t cell, const checker::State& state) const;
  bool same(std::size_t cell, const checker::State& a, const checker::State& b) const;
  // Indices in the topology of the functions that it is of.
  std::vector<int> functions(std::size_t cell) const;
  // That a kexec takes it away is the meaning of a kexec, not news.
  bool taken_by_kexec(std::size_t cell) const;

 private:
  struct Cell {
    const model::Component* component;
    int slot;          // the first
    int size = 1;      // in slots
    int present = -1;  // slot that says whether a handover is there
    bool row = false;
  };

  std::string row_text(const Cell& cell, const checker::State& state) const;

  const model::Model& model_;
  const model::Layout& layout_;
  std::vector<Cell> cells_;
};

}  // namespace luproof::report
