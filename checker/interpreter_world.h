// SPDX-License-Identifier: GPL-2.0-or-later
// What does not change while the interpreter runs: the model, its layout, and where in a state the
// parts of a cell are.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "checker/engine.h"
#include "checker/interpreter_pace.h"

namespace luproof::checker::plain {

using model::Cell;
using model::CellKind;
using model::Component;
using model::Expr;
using model::Layout;
using model::Life;
using model::Model;
using model::Op;
using model::Part;
using model::Span;
using model::Stmt;
using model::StmtKind;
using model::Type;

class World {
 public:
  // Evaluations go at this pace.
  World(const Model& model, const Layout& layout, Pace* pace = nullptr);

  const Model& model;
  const Layout& layout;

  // One turn of an evaluation: throws Ended where it has to end.
  void turn() const {
    if (pace_) pace_->step();
  }

  // nullptr if the model has no such component.
  const Component* find(Part part, int owner) const;
  const Component& at(Part part, int owner) const { return *find(part, owner); }
  Value kernel(const State& data) const { return data[at(Part::Kernel, -1).base]; }
  bool panicked(const State& data) const { return data[at(Part::Panicked, -1).base] != 0; }

  bool pool(int sort) const { return model.sorts[model.base_sort(sort)].pool; }
  Value reference(int sort, int offset) const { return 1 + model.sorts[sort].first + offset; }
  int offset(int sort, Value reference) const {
    return reference <= 0 ? -1 : layout.offset_in(sort, reference - 1);
  }
  // An element of a sort that is no pool always lives.
  bool alive(const State& data, int sort, Value reference) const;
  // Whether a cell can be read through `reference` as an index of `sort`.
  Fault reading_through(const State& data, int sort, Value reference) const;

  // First slot of the row of `part` that the index values select; they have been checked.
  int row(Part part, int cell, const std::vector<Value>& indices) const;
  // Slots of one row: 1 for a value, else one an element or instance.
  int row_size(Part part, int cell) const;
  // Every combination of index values of a cell, in slot order.
  void for_each_index(int cell, const std::function<void(const std::vector<Value>&)>& visit) const;
  // All parts of a cell at these indices become empty: low, not locked, not written, not received.
  void reset(State& data, int cell, const std::vector<Value>& indices) const;
  // Some index is a dead element of a pool.
  bool dead_index(const State& data, int cell, const std::vector<Value>& indices) const;

  // References: the port above a function, and the PF of one that is a VF.
  Value parent(const State& data, int function) const;
  Value pf(const State& data, int function) const;
  // `lower` is below `upper` in the PCI tree, where a VF is below its PF; indices of functions.
  bool below(const State& data, int lower, int upper) const;
  // Functions, as in Model::related; in topology order where the topology leaves parents open.
  std::vector<int> related(const State& data, model::Relation relation, int function) const;

  // Members of a list or set in a row of slots, oldest first or in the order of elements.
  std::vector<Value> members(const State& data, int cell, int first_slot) const;
  // Makes a row hold these members, which are of the declared sort and all different.
  void fill_row(State& data, int cell, int first_slot, const std::vector<Value>& members) const;

 private:
  std::map<std::pair<Part, int>, const Component*> components_;
  Pace* pace_;
};

// The expression consists of literals and fixed choices.
bool constant(const Expr& expr);

}  // namespace luproof::checker::plain
