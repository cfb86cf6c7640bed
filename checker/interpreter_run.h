// SPDX-License-Identifier: GPL-2.0-or-later
// One way in which a step can go, while it is being worked out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/interpreter.h"
#include "checker/interpreter_evaluate.h"

namespace luproof::checker::plain {

struct Run {
  Label label;
  std::vector<ChoiceOf> choices_of;
  std::vector<Value> fired;
  State data;
  Control control;
  int instance = -1;  // who is moving: the step's own, or at a boot each that starts
  std::vector<Passage> passages;
  Trouble trouble;
  bool exhausted = false;  // the scope is: a full pool, or more outcomes than are worth following
  int actions = 0;         // since the step began

  Task& task() { return control.tasks[instance]; }
  Frame& frame() { return task().frames.back(); }
  bool over() const { return exhausted || trouble.fault != Fault::None; }
  void chose(Value value, ChoiceOf::Kind kind, int of = -1) {
    label.choices.push_back(value);
    choices_of.push_back({kind, of});
  }
};

// All outcomes of what was begun; none if the instance has to wait.
using Runs = std::vector<Run>;

// More outcomes of one step than this: the scope is exhausted.
constexpr std::size_t kMostOutcomes = 100'000;

// ---- effects: what one statement does to data and locals (interpreter_effects.cpp)

class Effects {
 public:
  Effects(const World& world, State& data, Trouble& trouble)
      : world_(world), data_(data), trouble_(trouble) {}
  // A statement that an event may hold; it happens as a whole.
  void perform(const Stmt& stmt, std::vector<Value>& locals);
  void perform(const model::Block& block, std::vector<Value>& locals);
  // The event's body. Its act, if it has one, is the caller's to spend.
  void fire(int event, std::vector<Value> arguments, const Span& span);
  bool act_available(int act) const;
  void spend(int act);
  // get and put: the count goes up or down by one; its new value.
  Value count(const Stmt& stmt, const std::vector<Value>& locals, int change);

 private:
  void assign(const Stmt& stmt, std::vector<Value>& locals);
  void list_operation(const Stmt& stmt, std::vector<Value>& locals);
  void handover_operation(const Stmt& stmt, std::vector<Value>& locals);
  void each(const Stmt& stmt, std::vector<Value>& locals);
  // Keeps the violation of an evaluation; true if there was none.
  bool fine(const Evaluator& evaluator);
  bool fail(Fault fault, const Span& span);

  const World& world_;
  State& data_;
  Trouble& trouble_;
  int depth_ = 0;  // of events
};

// `members` can be held by a list or set of `sort`: none-reference, wrong-kind or nothing.
Fault holdable(const World& world, int sort, const std::vector<Value>& members);

// ---- locks (interpreter_locks.cpp)

// Lock and entering With. nullopt: the instance has to wait.
std::optional<Run> acquire(const World& world, Run run, const Stmt& stmt);
void release(const World& world, Run& run, const Stmt& stmt, const std::vector<Value>& indices);
// Holds of an instance on all locks together.
int holds(const World& world, const State& data, int instance);

// ---- loops (interpreter_loops.cpp)

// The next turn of a For: at its head (no cursor yet), or where a turn has ended.
Runs take_turn(const World& world, const Run& run, const Stmt& loop, bool at_head);
Runs pick(const World& world, const Run& run, const Stmt& stmt);

// ---- pools (interpreter_pools.cpp)

// A fresh element for stmt.target; 0 if there is none.
Value create(const World& world, Run& run, int sort);
void destroy(const World& world, Run& run, const Stmt& stmt);
// The element's cells become what nothing has ever been written to.
void forget(const World& world, State& data, int sort, Value element);
// The value of a cell where it was never written: a constant cold value, else low.
void make_default(const World& world, State& data, int cell, const std::vector<Value>& indices);
// Cold or boot expressions: writes the value of `expr`, read in `view`, to a cell's row.
void write_value(const World& world, State& data, int cell, const std::vector<Value>& indices,
                 const Expr& expr, const State& view, Trouble& trouble);

// ---- starting kernels (interpreter_boot.cpp)

// All that `initial` needs but latches; nullopt if `any` gives more than `limit`. `like`: only
// those whose free values are those of this state.
std::optional<std::vector<State>> cold_states(const World& world, std::size_t limit,
                                              const State* like = nullptr);
Runs kexec(const World& world, const Run& run, const Stmt& stmt);
// The actors whose code begins when `kernel` does.
bool starts_in(const model::Actor& actor, int kernel);

// ---- claims (interpreter_claims.cpp)

void update_latches(const World& world, State& data, const Control& control);

}  // namespace luproof::checker::plain
