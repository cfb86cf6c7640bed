// SPDX-License-Identifier: GPL-2.0-or-later
// The program graph: level two. Each actor's code as a graph of control points and edges, calls
// inlined, loops kept as loops over marks, nothing unrolled and nothing grounded.
//
// A control point is either a step point (its edges are steps) or a passing point (its edges are
// taken at once, as part of the step that led there).
#pragma once

#include <string>
#include <vector>

#include "checker/engine.h"

namespace luproof::checker {

// A variable of an actor's control: a local, a loop's mark of one element, an undo registration.
struct Column {
  std::string name;
  model::Value low = 0, high = 0;
  int pool = -1;     // base sort of a pool, if it may hold a reference into it
  int refers = -1;   // base sort, if it holds references
  int sort = -1;     // base sort and index of the element that it belongs to, if it is one of a row
  int element = -1;  // with a column for each
  bool count = false;  // it counts elements of such a row
  bool same_kind(const Column& o) const {
    return low == o.low && high == o.high && pool == o.pool && refers == o.refers &&
           sort == o.sort && element == o.element && count == o.count;
  }
};

enum class Act : std::uint8_t {
  Guard,     // expr is true (or false if `flag`)
  Assign,    // stmt's targets and values at once
  Let,       // column = expr
  Set,       // column = value
  Copy,      // column = column `from`
  Event,     // fire event `ref` with arguments exprs
  Atomic,    // stmt's body, one step
  Each,      // stmt
  LoopNext,  // stmt (For): column = a next member, whose mark is changed; choice
  LoopDone,  // stmt: no member is left; marks cleared
  Snapshot,  // stmt: members present now are marked as those to come, of a list with their places
  Acquire,
  Queue,
  Release,      // stmt's lock
  Alternative,  // choice `value`
  Fail,         // may-fail: spend a use of act `ref`; choice 1
  Pass,         // may-fail: choice 0
  Pick,         // stmt: column = any member; choice
  New,          // stmt: column = a fresh element
  NewFull,      // stmt: there is none
  Free,
  Append,
  Remove,
  Get,
  Put,
  Unwrite,
  Restore,    // stmt
  ZeroCount,  // stmt (Put): the count is 0 (not 0 if `flag`)
  Enter,      // passage into procedure `ref`
  Leave,      // passage out of procedure `ref`, result in `column` or -1
  Holds,      // a userspace actor is back in its own code: it holds `value` locks
  Keep,       // a turn of a loop ends: what `group` holds now is kept for the element in `column`
  UndoNext,   // the newest turn of `group` becomes what it holds now (none is left if `flag`)
  Kexec,      // stmt
  Panic,
  Exhausted,
  Trap,  // fault `value`
};

// The undo calls of one loop, registered turn by turn. A turn in progress registers in `now`; when
// it ends, that is kept for its element, with the rank of the turn.
struct UndoGroup {
  int sort = -1;                                    // of the loop's elements
  std::vector<int> rank;                            // one column an element: 0 or the turn, from 1
  std::vector<std::vector<int>> now;                // per site: registered, then the arguments
  std::vector<std::vector<std::vector<int>>> kept;  // per site, per element: the same
};

struct Action {
  Act act = Act::Set;
  const model::Stmt* stmt = nullptr;
  model::ExprPtr expr;
  std::vector<model::ExprPtr> exprs;
  int frame = -1;  // Program::frames: how locals of the expressions map to columns
  int column = -1;
  int from = -1;
  int ref = -1;
  int value = 0;
  bool flag = false;
  std::vector<int>
      columns;  // arguments of Event instead of exprs, or of Enter; marks of a loop, one an element
  std::shared_ptr<const UndoGroup> group;
};

struct Edge {
  int to = -1;
  std::vector<Action> actions;
};

struct Point {
  bool step = false;
  bool inside = false;  // within a procedure (deadlock, idle)
  bool waits = false;   // stands at a wait, lock or pick
  const model::Stmt* stmt = nullptr;
  std::vector<Edge> edges;
};

// Local slot -> column, for one inlined body; -1: bound within an expression, kSelf: the instance's
// element.
constexpr int kSelf = -2;
struct FrameMap {
  std::vector<int> columns;
};

struct Program {
  int actor = -1;
  int entry = -1;
  std::vector<Point> points;  // point 0 is the end
  std::vector<Column> columns;
  std::vector<FrameMap> frames;
};

// One program an actor template. Errors (code too large) go to `diagnostics`.
std::vector<Program> build_programs(const model::Model& model, model::Diagnostics& diagnostics);

}  // namespace luproof::checker
