// SPDX-License-Identifier: GPL-2.0-or-later
// What a grounding writes down beside the transitions, for questions about coverage: what of the
// model is looked at or done, under which condition, and with which result.
//
// A note says "in a state in which `when` is true, this step (or this state) does `key`". Nothing
// is written unless a Watch is given, so that a check pays nothing for it.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "checker/ground/term.h"
#include "model/model.h"

namespace luproof::checker {

struct Note {
  int key = -1;
  Term when = -1;
};

// Numbers everything that notes speak of.
class Watch {
 public:
  enum class What { Statement, Event, Procedure, Act, Config, Actor, Claim, Property };

  explicit Watch(const model::Model& model);

  // `e` was evaluated, to `result` (anything but false if it is no boolean); -1: nobody asks.
  int value(const model::Expr* e, bool result) const {
    const auto found = values_.find(e);
    return found == values_.end() ? -1 : 2 * found->second + (result ? 0 : 1);
  }
  // A statement ran, an event happened, a procedure was entered, an act was used up, a constant was
  // read, an actor moved, a claim was latched, a property had something to bind to.
  int of(What what, int index) const { return base_[static_cast<std::size_t>(what)] + index; }
  int keys() const { return keys_; }

 private:
  std::unordered_map<const model::Expr*, int> values_;
  std::array<int, 8> base_{};
  int keys_ = 0;
};

// The condition of `if`, `check` and `wait`; null of any other statement.
const model::Expr* guard_of(const model::Stmt& statement);

// What a definition was put together from: its own text (or what replaces it), then one for each
// extension.
std::vector<const model::Expr*> pieces_of(const model::Define& define);

}  // namespace luproof::checker
