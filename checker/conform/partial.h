// SPDX-License-Identifier: GPL-2.0-or-later
// States of which some first values are not settled yet.
//
// What may be anything at the start (what kind of file a token stands for, a bit that firmware
// left) is given a value only when a step or a property asks for it: twenty files of three kinds
// are then one first state and not three billion. Terms are evaluated as far as they can be.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

class Partial {
 public:
  // Makes room for "not settled" in the ranges of the system's slots, as long as it lives.
  explicit Partial(System& system);

  // One for each way that control may begin; at most `limit`, else nullopt.
  std::optional<std::vector<State>> starts(std::size_t limit);
  bool open(const State& state) const;
  const std::vector<int>& lazy() const { return lazy_; }
  // Terms are of this state from now on.
  void look_at(const State& state);
  // nullopt if it hangs on a slot that is not settled.
  std::optional<Value> value(Term t);
  int hangs_on(Term t);
  // The states with one slot settled, those that no assumption rules out.
  std::vector<State> settled(const State& state, int slot);
  // A full first state that is like `state` where that is settled.
  std::optional<State> complete(const State& state);
  bool unsettled(int slot, const State& state) const {
    return is_lazy_[static_cast<std::size_t>(slot)] &&
           state[static_cast<std::size_t>(slot)] == system_.slots[slot].high;
  }

 private:
  bool allowed(const State& state);
  std::optional<Value> evaluate(const TermNode& n);
  void finish(State& state);

  System& system_;
  std::vector<int> lazy_;
  std::shared_ptr<void> room_;
  std::vector<char> is_lazy_;
  std::vector<char> assumed_;  // slots that assumptions read
  const State* state_ = nullptr;
  std::vector<std::uint32_t> stamp_;
  std::vector<Value> value_;
  std::vector<char> known_;
  std::uint32_t now_ = 0;
};

}  // namespace luproof::checker
