// SPDX-License-Identifier: GPL-2.0-or-later
// Runs of a ground system as clauses, one frame a step.
//
// Frame k holds the state after exactly k steps. At most one transition is taken in a frame; once
// none is, none ever is, and the frames beyond say nothing: a run of at most k steps is a model of
// the first k frames, and whether it came to a frame is a literal of its own.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "checker/ground/system.h"
#include "checker/smt_order.h"
#include "checker/smt_values.h"
#include "checker/smt_words.h"

namespace luproof::checker::smt {

struct Frame {
  std::vector<Word> slots;
  std::vector<Values> values;
  std::optional<Simplifier> simplify;
  std::optional<Encoder> encoder;
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
  // The run has so many steps, or more.
  Lit arrives(int frame) const { return frame <= 0 ? kTrue : frames_[frame - 1].active; }
  const std::vector<Taken>& taken(int frame) const { return frames_[frame].taken; }
  const Word& slot(int frame, int slot) const { return frames_[frame].slots[slot]; }
  // These mean something only if the run arrives at the frame.
  Lit holds(int frame, Term term);
  Lit step_bad(int frame, int property);  // by the step that leads into it
  Lit faulting(int frame, Fault fault);
  Lit faulting(int frame, Fault fault, std::pair<int, int> weight_and_labels);
  Lit exhausting(int frame);

 private:
  struct Move;
  struct Write;

  void initialise();
  void begin_at_a_start(Frame& frame, const std::vector<char>& by_start);
  void extend();
  std::vector<Move> moves(Frame& frame);
  void select(Frame& frame, std::vector<Move>& moves);
  void advance(Frame& from, Frame& to, const std::vector<Move>& moves);
  Word written(Frame& from, int slot, const Values& values, const std::vector<Write>& writes);
  template <typename Wanted>
  Lit possible(int frame, const Wanted& wanted);

  System& system_;
  Circuit& circuit_;
  StepOrder order_;
  Demands demands_;
  std::deque<Frame> frames_;  // encoders point into them
};

}  // namespace luproof::checker::smt
