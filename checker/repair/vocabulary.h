// SPDX-License-Identifier: GPL-2.0-or-later
// What a guard could ask: yes-or-no cells and definitions of the model, of the argument itself or
// of something below it, plain and negated.
//
// Conditions that say the same of every argument in every state of the runs at hand count once, and
// one that never changes is no condition.
#pragma once

#include <string>
#include <vector>

#include "checker/interpreter_world.h"
#include "checker/verdict.h"

namespace luproof::checker::repair {

struct Condition {
  std::string text;     // "$" stands for the argument
  model::ExprPtr expr;  // local 0 is the argument
  int sort = -1;        // of the argument; -1: it has none
  bool negated = false;
  int rank = 0;  // the plainer the lower
  std::string of(const std::string& argument) const;
};

class Vocabulary {
 public:
  Vocabulary(const model::Model& model, const model::Layout& layout,
             const std::vector<const Run*>& runs);
  // Of an argument of this sort; -1: of none. Those without an argument are always among them.
  std::vector<Condition> of(int sort) const;

 private:
  void gather();
  void add(std::string text, model::ExprPtr expr, int sort, int rank);
  void lifted(const Condition& below);

  const model::Model& model_;
  const plain::World world_;
  std::vector<State> states_;
  std::vector<Condition> all_;
};

// Elements that an argument of a sort can be; one, 0, where there is no argument.
std::vector<Value> arguments(const model::Model& model, int sort);
// With an error in it, it is false.
bool is_true(const Condition& condition, const plain::World& world, const State& state,
             Value argument);

}  // namespace luproof::checker::repair
