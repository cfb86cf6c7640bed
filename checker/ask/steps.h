// SPDX-License-Identifier: GPL-2.0-or-later
// What the steps of a system mean for one criterion.
#pragma once

#include <map>
#include <vector>

#include "checker/ground/system.h"
#include "model/question.h"

namespace luproof::checker::ask {

// One thing that happens in a step, in the order in which it does.
struct Effect {
  std::int32_t weight = 0;  // it adds to what is measured
  bool from = false, to = false;
  bool operator==(const Effect&) const = default;
};
using Effects = std::vector<Effect>;

class Steps {
 public:
  // A step that no event or procedure of the model is called is an error.
  Steps(const System& system, const model::Criterion& criterion, model::Diagnostics& diagnostics);

  // Of a transition that is taken in `before`; valid until the next call.
  const Effects& of(std::uint32_t transition, const State& before);

 private:
  void know(const model::NamedStep& step, model::Diagnostics& diagnostics) const;
  void add(const std::string& text, bool visible, Effects& effects) const;

  const System& s_;
  const model::Criterion& c_;
  std::map<std::vector<Value>, Effects> known_;  // transition, arguments
  std::vector<Value> key_;
};

}  // namespace luproof::checker::ask
