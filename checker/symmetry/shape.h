// SPDX-License-Identifier: GPL-2.0-or-later
// What each slot of a ground system belongs to, and what a permutation of elements does to it.
//
// A slot is named by what it is of (a cell, a lock, a claim, a column of an actor's control) and by
// the elements that index it; its values may be references. So a permutation of the elements of the
// base sorts is a permutation of slots and of values. Whether the system stays the same under it is
// another question: checker/symmetry/ asks it of the transitions.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

struct Element {  // index in a base sort
  int sort = -1, index = -1;
  auto operator<=>(const Element&) const = default;
};

struct SlotShape {
  enum class Values : std::uint8_t {
    Plain,
    Reference,  // 0, or 1 + an index in the base sort `refers`
    Instance,   // 0, or 1 + an actor instance (holder of a lock)
    Count,      // of elements: grows with the number of them (list ranks, turns of a loop)
  } values = Values::Plain;
  int refers = -1;
  std::vector<Element> of;  // the elements that index it, in order
  // Equal for two slots exactly if they differ in elements at most.
  std::vector<int> family;
};

// Per base sort, where each element goes; an empty row leaves the sort as it is.
using ElementMap = std::vector<std::vector<int>>;

class Shape {
 public:
  explicit Shape(const System& system);

  const std::vector<SlotShape>& slots() const { return slots_; }
  const SlotShape& operator[](int slot) const { return slots_[slot]; }
  // Whose element an actor instance is; sort -1: nobody's.
  Element element_of(int instance) const { return instances_[instance]; }

  // Slot s of a state becomes slot result[s]. nullopt: some slot has no counterpart.
  std::optional<std::vector<int>> moved(const ElementMap& map) const;
  // A value of the slot after the move; `map` has to be one that `moved` takes.
  Value moved(int slot, Value value, const ElementMap& map) const;
  int moved_instance(int instance, const ElementMap& map) const;  // -1: none

 private:
  Element moved(Element element, const ElementMap& map) const;

  const System& system_;
  std::vector<SlotShape> slots_;
  std::vector<Element> instances_;
  std::map<std::pair<std::vector<int>, std::vector<Element>>, int> index_;
};

}  // namespace luproof::checker
