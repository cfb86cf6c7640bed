// SPDX-License-Identifier: GPL-2.0-or-later
// Whether some run of a model shows what was seen of a real one.
//
// Seen are calls, returns and events, in order, each perhaps with some of its arguments; between
// them the model may take any steps that would not have been seen. A run that explains all of it is
// searched for, furthest observation first. "No run" is said only when every state that what was
// seen so far allows has been looked at; a search that was cut short says what cut it.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "checker/ground/system.h"
#include "checker/verdict.h"

namespace luproof::checker {

constexpr Value kUnknownValue = std::numeric_limits<Value>::min();
constexpr Value kOtherError = kUnknownValue + 1;  // an errno that the model has no name for

struct Seen {
  enum class Kind : std::uint8_t {
    Enter,  // a procedure was entered
    Leave,  // it was left
    Event,
    Gap,    // anything may have happened
    Any,    // one thing may have happened
    Kexec,  // the next kernel begins
  };
  Kind kind = Kind::Gap;
  int subject = -1;  // procedure or event
  int task = 0;      // who did it; 0: nobody knows
  std::vector<Value> args;
  Value result = kUnknownValue;  // of Leave
};

// What a capture of one kernel would have shown, had it happened.
struct Visible {
  std::vector<char> enter, leave;  // by procedure
  std::vector<char> event;
  bool to_the_end = false;  // nothing that is visible happened between its last line and the jump
};

struct Observations {
  std::vector<Seen> seen;
  std::vector<Visible> kernels;  // what follows the n-th Kexec is of the n-th, from 0
};

// A state in which what was seen up to the furthest line may have left the model, and why the next
// observation is impossible there.
struct Alive {
  std::vector<std::string> standing;  // "agent: luo_file_freeze (luo-seal.yaml:12)"
  std::vector<std::string> refused;   // guards that said no
  std::vector<std::string> expected;  // what could be seen next
};

struct Conformity {
  enum class Answer { Explained, Violates, Unexplained, Stopped };
  Answer answer = Answer::Stopped;
  std::string stopped_by;    // "states", "timeout", "memory", "interrupt", "first states"
  std::size_t furthest = 0;  // the observation that no run reaches; all of them: size
  std::size_t alive_count = 0;
  std::vector<Alive> alive;  // some of them, of Unexplained
  // Explained: a run that violates nothing; Violates: one that does, as all that explain it.
  Run run;
  std::vector<std::size_t> shows;  // per step of the run: how many observations are explained then
  std::string property;            // of Violates
  int property_index = -1;
  std::size_t violated_at = 0;  // the observation at which it is
  std::size_t states = 0;
};

struct ConformOptions {
  std::size_t most_states = 4'000'000;
  std::size_t longest_run = 2'000;  // steps; of a longer one that violates nothing, none is given
  int most_unseen = std::numeric_limits<int>::max();  // whole calls that nobody saw, in one run
};

Conformity conform(System& system, const Observations& observations, const ConformOptions& options,
                   const Limits& limits);

}  // namespace luproof::checker
