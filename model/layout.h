// SPDX-License-Identifier: GPL-2.0-or-later
// Where every value of a state lives: one vector of integers, the same for every engine.
//
// The data of a state (cells, handover copies, locks, claim latches, budgets) is laid out here;
// control (program counters, frames) belongs to each engine. Two engines agree when they reach the
// same set of data vectors.
#pragma once

#include <string>
#include <vector>

#include "model/model.h"

namespace luproof::model {

// gcc 12 takes the scoped enumerator Part::Value for one that hides the type Value.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class Part : std::uint8_t {
  Value,    // of a cell; lists: rank 1.. (1 = oldest) or 0, one an element; sets: 0/1 an element;
            // mutex: 1 + actor instance or 0; rwlock: the writer likewise
  Readers,  // rwlock: holds of each actor instance, 0..2
  Queued,   // rwlock: 1 if the instance waits to write
  OutPresent,
  OutValue,
  InPresent,
  InValue,
  InRestored,  // handover; lists and sets like Value
  Alive,       // of a pool
  Kernel,      // 1..kernels
  Panicked,
  Budget,       // of an act: uses left
  Latch,        // of a claim: element is held to it
  LatchKernel,  // of a claim: the kernel in which it was latched, 0 if not
  Sampled,      // of a sample
  Released,     // of a claim: once let go in a later kernel than it was latched in
};
#pragma GCC diagnostic pop

struct Component {
  Part part = Part::Value;
  int owner = -1;  // cell, sort, act, claim or sample
  int base = 0;    // first slot
  int size = 0;    // slots: the product of dims
  std::vector<int> dims;
  Value low = 0, high = 0;
};

struct ActorInstance {
  int actor = -1;     // template
  Value element = 0;  // of an `every` actor: its reference; else 0
  int copy = 0;
};

class Layout {
 public:
  explicit Layout(const Model& model);

  int slots() const { return slots_; }
  const std::vector<Component>& components() const { return components_; }
  const std::vector<ActorInstance>& instances() const { return instances_; }
  // The component, or nullptr if the model has none such (a claim without samples, …).
  const Component* find(Part part, int owner) const;
  // "function.bus_master[0000:01:10.0]" of a slot, for reports.
  std::string slot_name(int slot) const;
  std::string slot_value(int slot, Value value) const;
  const Component& component_of(int slot) const { return components_[component_of_[slot]]; }
  std::string instance_name(int instance) const;
  // Number of elements of a sort; offset of an element (index in its base sort) in it, -1 outside.
  int sort_size(int sort) const;
  int offset_in(int sort, int base_index) const;

 private:
  void add(Part part, int owner, std::vector<int> dims, Value low, Value high);

  const Model& model_;
  std::vector<Component> components_;
  std::vector<int> component_of_;
  std::vector<ActorInstance> instances_;
  int slots_ = 0;
};

using State = std::vector<Value>;  // Layout::slots() values

}  // namespace luproof::model
