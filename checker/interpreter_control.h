// SPDX-License-Identifier: GPL-2.0-or-later
// Where actor instances stand: frames, places in nested blocks, and what still has to be undone.
//
// All of it is plain data that can be copied and compared, so that a configuration can be forked at
// every free choice.
#pragma once

#include <string>
#include <vector>

#include "checker/interpreter_world.h"

namespace luproof::checker::plain {

// A place in one block: the body of the frame (no owner) or of a statement that is being run.
struct Cursor {
  const Stmt* owner = nullptr;
  int which = 0;  // 0 body, 1 orelse, 2 + i alternative
  std::size_t index = 0;
  std::vector<Value> visited;   // For: members that had their turn, ascending
  std::vector<Value> snapshot;  // For over snapshot(S): S as it was
};

// What leaving the frame has to do: release a With's lock, or run the undo of a `try`.
struct Scope {
  const Stmt* stmt = nullptr;
  std::vector<Value> args;  // the lock's indices; the undo's arguments
};

enum class Mode : std::uint8_t { Running, Returning, Failing };

struct Frame {
  int procedure = -1;  // -1: the actor's own code
  const model::Block* body = nullptr;
  std::vector<Value> locals;
  std::vector<Cursor> cursors;  // empty once the frame is left
  std::vector<Scope> scopes;    // newest last
  Mode mode = Mode::Running;
  Value result = 0;
  bool dropped = false;    // an undo or at-zero call: its result goes nowhere
  int holds_at_entry = 0;  // locks that the actor held when its own code made this call
};

struct Task {                    // of one actor instance
  std::vector<Frame> frames;     // empty: ended
  bool queued = false;           // waits to write, in the queue of a fair lock
  std::vector<Value> queued_at;  // that lock's indices
};

// What an instance does next.
struct Next {
  enum class Kind : std::uint8_t {
    Ended,
    Statement,
    Turn,     // find the next member of a For whose body has ended
    Release,  // of a With
    Undo,
    BlockEnd,  // of If, Either, Forever
    FrameEnd,
  };
  Kind kind = Kind::Ended;
  const Stmt* stmt = nullptr;
};
Next next_of(const Task& task);
const model::Block& block_of(const Frame& frame, const Cursor& cursor);
// The next action touches shared state, so that it is a step.
bool is_step(const Model& model, const Next& next);
// Locals of blocks that have ended are zero: they refer to nothing any more.
void forget_dead_locals(Frame& frame);
// Moves behind the statement at which the frame stands.
inline void advance(Frame& frame) { ++frame.cursors.back().index; }
void append_key(const Task& task, std::string& key);

}  // namespace luproof::checker::plain

namespace luproof::checker {

struct Control {
  std::vector<plain::Task> tasks;  // by actor instance
};

}  // namespace luproof::checker
