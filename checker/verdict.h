// SPDX-License-Identifier: GPL-2.0-or-later
// What an engine says about a property, and the run that shows it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/engine.h"

namespace luproof::checker {

struct Invariant;  // checker/proof/invariant.h

enum class Verdict : std::uint8_t { Holds, Violated, Unknown, Vacuous };
const char* verdict_name(Verdict verdict);

// A run: the data of each state and the label of each step between them.
struct Run {
  std::vector<State> states;  // steps + 1, data slots only (Layout::slots())
  std::vector<Label> steps;
  std::vector<std::vector<Value>> args;  // per step: of the event it fires
  int weight = 0;                        // visible steps
  Fault fault = Fault::None;             // of the last step, which then has no state behind it
  model::Span fault_span;
  int loop = -1;  // the number of the first of the last steps that are repeated for ever, from 0
};

struct Finding {
  std::string property;  // declared, or built in: "deadlock", "none-reference", …
  int index = -1;        // in Model::properties, -1 for built-in ones
  Verdict verdict = Verdict::Unknown;
  std::string reason;      // of unknown and vacuous
  std::string engine;      // "explorer", "smt"
  int depth = -1;          // bound on steps within which it was decided; -1: all depths
  bool shortest = true;    // the run is known to be a shortest one
  std::optional<Run> run;  // counterexample
  std::optional<Run> witness;
  Value element = 0;  // for which the property is violated
  int stuck = -1;     // of a deadlock: the instance that nothing can wake
  int claim = -1;     // that was broken
  std::vector<std::string>
      violated_by;  // exact set of last visible steps; only from an exhausted search
  bool violated_by_known = false;
  std::shared_ptr<const Invariant> invariant;  // behind `holds`, of an engine that proves
  std::vector<std::string> needs;              // environment acts, minimal
  std::vector<std::string> assumed;  // rules that it used and that are not certain; see assumed.h
};

struct Statistics {
  std::size_t states = 0, transitions = 0;
  int depth = 0;
  int bits = 0;
  double seconds = 0;
  bool exhausted = false;          // every reachable state was seen
  std::size_t frontier = 0;        // states seen and not yet gone on from
  std::string reduced;             // what may be exchanged, if states stand for others by it
  bool pool_exhausted = false;     // some run ended at a full pool
  std::string stopped_by;          // "", "bound", "timeout", "memory", "interrupt"
  std::vector<std::size_t> fired;  // per transition (explorer)
};

struct Limits {
  int bound = -1;                     // steps; -1 none
  std::size_t memory = 0;             // bytes that one search may hold; 0 none
  std::size_t whole = 0;              // that all side by side may hold; 0: as `memory`
  std::atomic<bool>* full = nullptr;  // becomes true where memory ends something
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const Statistics&)> progress;  // called about twice a second
  bool expired() const {
    return (interrupted && *interrupted) || std::chrono::steady_clock::now() > deadline;
  }
  // What a search holds is too much.
  bool too_much(std::size_t bytes) const { return above(memory, bytes); }
  // The same of what is known of the process alone, and of no single search.
  bool too_much_together(std::size_t bytes) const { return above(whole ? whole : memory, bytes); }
  // Of each of several searches at a time: all of them keep to the memory.
  Limits shared_by(std::size_t searches) const {
    Limits each = *this;
    if (searches < 2 || memory == 0) return each;
    each.memory = std::max<std::size_t>(memory / searches, 1);
    if (each.whole == 0) each.whole = memory;
    return each;
  }

 private:
  bool above(std::size_t most, std::size_t bytes) const {
    if (most == 0 || bytes <= most) return false;
    if (full) *full = true;
    return true;
  }
};

// What an engine is asked for: properties by their index, and kDeadlock. Nothing: everything.
// Built-in violations are always looked for; kFaults stands for them where nothing else is asked.
constexpr int kDeadlock = -1, kFaults = -2;
inline bool asks_for(const std::vector<int>& only, int what) {
  return only.empty() || std::find(only.begin(), only.end(), what) != only.end();
}

struct Outcome {
  std::vector<Finding> findings;  // the declared properties in order, then built-in ones
  Statistics statistics;
};

}  // namespace luproof::checker
