// SPDX-License-Identifier: GPL-2.0-or-later
// Runs of a ground system as clauses, one frame a step.
//
// Frame k holds the state after k steps. At most one transition is taken in a frame; once none is,
// none ever is, so the frames 0..k stand for every run of at most k steps. What a frame cannot
// reach is left out before the solver sees it: values that no run of k steps can have changed stay
// constants, and transitions from control points that no run of k steps reaches do not exist.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "checker/ground/system.h"
#include "checker/smt_order.h"
#include "checker/smt_words.h"

namespace luproof::checker::smt {

struct Frame {
  std::vector<Word> slots;
  std::vector<std::optional<Value>> known;   // the slot has this value in every run
  std::vector<std::vector<char>> reachable;  // points of each instance
  std::optional<Encoder> encoder;
  Terms::Memo simplified;
  // Of the step that leaves this frame; filled when the next one is made.
  std::vector<Taken> taken;
  Lit active = kFalse;
};

class Unroller {
 public:
  Unroller(System& system, Circuit& circuit);

  Circuit& circuit() { return circuit_; }
  int last() const { return static_cast<int>(frames_.size()) - 1; }
  void extend_to(int frame);
  // A step is taken from this frame, which has a next one.
  Lit active(int frame) const { return frames_[frame].active; }
  const std::vector<Taken>& taken(int frame) const { return frames_[frame].taken; }
  // The term in a state, and the property's check of the step that leads into this frame.
  Lit holds(int frame, Term term);
  Lit step_bad(int frame, int property);
  // A transition of this kind is possible in this frame. kAnyWeight: whatever its weight.
  static constexpr int kAnyWeight = -1;
  Lit faulting(int frame, Fault fault, int weight = kAnyWeight);
  Lit exhausting(int frame);
  const Word& slot(int frame, int slot) const { return frames_[frame].slots[slot]; }

 private:
  struct Move;
  struct Write;

  void initialise();
  void begin_at_a_start(Frame& frame, const std::vector<char>& by_start);
  std::vector<char> starting_points(int instance, const Frame& frame) const;
  void extend();
  bool possible(const Frame& frame, const Transition& transition) const;
  Term simplify(Frame& frame, Term term);
  std::vector<Move> moves(Frame& frame);
  void select(Frame& frame, std::vector<Move>& moves);
  void advance(Frame& from, Frame& to, const std::vector<Move>& moves);
  void write(Frame& from, Frame& to, int slot, const std::vector<Write>& writes);
  void reach(Frame& to, int slot, const std::vector<Write>& writes);

  System& system_;
  Circuit& circuit_;
  StepOrder order_;
  std::vector<int> instance_of_point_;  // of each slot, -1 if it is no control point
  std::deque<Frame> frames_;            // encoders point into them
};

}  // namespace luproof::checker::smt
