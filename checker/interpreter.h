// SPDX-License-Identifier: GPL-2.0-or-later
// The plain interpreter: docs/language.md as a program, and the reference for every other engine.
//
// It walks the typed syntax tree with frames, a scope stack for undo and locks, and visited sets
// for loops. It shares no code with grounding; it is written to be read, not to be fast.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/engine.h"

namespace luproof::checker {

// Control of all actor instances: opaque, comparable, hashable through key().
struct Control;

struct Configuration {
  State data;
  std::shared_ptr<const Control> control;
};

// What one of Label::choices decided.
struct ChoiceOf {
  enum class Kind : std::uint8_t { Fails, Alternative, Member, Slot } kind = Kind::Alternative;
  int of = -1;  // Member: its sort; Slot: the slot that got the value
};

struct Successor {
  Label label;
  std::vector<ChoiceOf> choices_of;  // one for each of Label::choices
  std::vector<Value> fired;          // arguments of the event that the statement fires
  Configuration next;                // meaningless if fault != None or scope_exhausted
  Fault fault = Fault::None;
  model::Span fault_span;
  bool scope_exhausted = false;  // `new` on a full pool: the run ends, nothing is concluded
  std::vector<Passage> passages;
};

class Interpreter {
 public:
  Interpreter(const model::Model& model, const model::Layout& layout);
  ~Interpreter();

  // From now on everything below calls `look` now and then, which may throw. It is for one thread
  // then.
  void look_with(std::function<void()> look);

  // Every choice of the model must be selected. Latches are up to date in each.
  // At most `limit` (by `any`); more are an error of the caller's scope: nullopt.
  std::optional<std::vector<Configuration>> initial(std::size_t limit = 100'000) const;
  // Those of them with this data; no list of all is needed for it.
  std::vector<Configuration> initial_with(const State& data) const;
  // The same, where only the free values (`= any`, and what the topology leaves open) have to be
  // those of `data`.
  std::vector<Configuration> initial_like(const State& data) const;
  std::vector<Successor> successors(const Configuration& from) const;

  // The statement at which each instance stands, -1 if it has ended. With State it identifies a
  // configuration well enough to compare engines.
  std::vector<int> positions(const Configuration& at) const;
  // Equal keys mean equal configurations.
  std::string key(const Configuration& at) const;
  // The instance is inside a procedure, stands at a wait, lock or pick and has no step.
  bool blocked(const Configuration& at, int instance) const;
  bool ended(const Configuration& at, int instance) const;

  // Whether a safety property is violated by this state (moment EveryState), or by this step.
  // `element` receives the value for which it is, 0 if the property quantifies over nothing.
  bool bad_state(int property, const Configuration& at, Value* element = nullptr) const;
  bool bad_step(int property, const Configuration& from, const Successor& step,
                Value* element = nullptr) const;
  // A closed expression without locals (LeadsTo, Recoverable, Possible). Faults count as false.
  bool holds(const model::Expr& expr, const Configuration& at) const;

 private:
  std::optional<std::vector<Configuration>> started(const State* like, std::size_t limit) const;

  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luproof::checker
