// SPDX-License-Identifier: GPL-2.0-or-later
// A run that somebody steps through, on the plain interpreter: what can happen, what did, what it
// broke.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/interpreter.h"
#include "checker/stopped.h"

namespace luproof::checker {

// A property that a step breaks, or a state that it leads to.
struct Broken {
  int property = -1;
  Value element = 0;
};

// Steps of one actor that are taken together: silent ones, then at most one that is visible.
struct Stride {
  std::vector<Successor> steps;
  bool open = false;  // it ends before a choice of its actor, not with a visible step
  const Successor& last() const { return steps.back(); }
};

class Simulation {
 public:
  Simulation(const model::Model& model, const model::Layout& layout);

  // What is asked of it throws Ended at a limit of time, and leaves the run as it was.
  void keep_to(const Limits& limits);

  // The first states; nullopt if there are more than `limit`.
  std::optional<std::vector<Configuration>> starts(std::size_t limit) const;
  void begin(Configuration first);

  const Interpreter& interpreter() const { return interpreter_; }
  const Configuration& now() const { return at_.back(); }
  const Configuration& first() const { return at_.front(); }
  // Before the last stride; the first state if there is none.
  const Configuration& before() const;
  // After a built-in violation or where a pool is full a run has no further step.
  bool ended() const;

  // What can be taken here. `single`: one step at a time.
  std::vector<Stride> strides(bool single) const;
  void take(const Stride& stride);
  std::size_t undo(std::size_t count);  // how many strides were
  std::size_t redo(std::size_t count);

  const std::vector<Successor>& steps() const { return steps_; }
  // Those of the last stride.
  std::vector<Successor> last_steps() const;
  // What the last stride broke; what the whole run broke, in the order in which it did.
  std::vector<Broken> just_broken() const;
  std::vector<Broken> broken() const;
  // Of the state that the run begins with.
  const std::vector<Broken>& broken_at_start() const;
  Run run() const;

  // What somebody wants to come to: an event (by name, or with its arguments), or that something is
  // broken that is not broken here.
  struct Goal {
    std::string event;  // "" = a property
    int property = -1;  // -1 = any, a built-in violation too
  };
  enum class Search : std::uint8_t {
    Found,
    Nothing,
    Full,  // nothing, but a pool was full: what comes after that is not known
    Stopped
  };
  // The shortest continuation, in visible steps and then in steps, and takes it. Within these
  // limits; one of time says Stopped.
  Search run_to(const Goal& goal, const Limits& limits, std::size_t& seen);

 private:
  void append(const Stride& stride);
  Search search(const Goal& goal, const Limits& limits, std::size_t& seen);
  std::vector<Broken> broken_by(const Configuration& from, const Successor& step) const;
  Stride stride_from(const Successor& first, bool single) const;
  bool reaches(const Goal& goal, const Configuration& from, const Successor& step) const;

  const model::Model& model_;
  Interpreter interpreter_;
  Limits limits_;
  mutable std::optional<std::vector<Broken>> broken_at_start_;  // once somebody asked
  std::vector<Configuration> at_;  // one more than steps, but after a last fault
  std::vector<Successor> steps_;
  std::vector<std::vector<Broken>> broken_;  // by each step
  std::vector<std::size_t> strides_;         // steps in each
  std::vector<Stride> undone_;               // the next to redo is last
};

}  // namespace luproof::checker
