// SPDX-License-Identifier: GPL-2.0-or-later
// PDR: clauses that over-approximate what k steps reach, until two neighbours are equal.
//
// Frame k is a set of clauses true of every state that at most k steps reach. A state that is bad,
// or leads to bad, is traced back frame by frame; where no state of the frame before leads to it,
// it is refused for ever by a clause over as few slots as the proof needed. Each clause is kept in
// the highest frame of which it is known ("delta" frames).
#pragma once

#include <memory>
#include <optional>
#include <queue>

#include "checker/pdr/steps.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::pdr {

// Wrong on purpose, for tests that have to notice.
enum class Defect : std::uint8_t { None, Lifting, Generalisation };

// What is looked for: a condition on a state and, where a step makes it bad, the step.
struct Way {
  int target = -1;         // of the caller's
  std::vector<Term> when;  // simplified; all of them are true
  int transition = -1;     // the step that is bad, or goes wrong; -1: the state is
};

struct Trace {  // a run as PDR found it: not the shortest one
  State first;
  std::vector<int> taken;  // transitions, the bad one included
  int target = -1;
};

enum class Decided : std::uint8_t { Found, Proved, Stopped };

class Prover {
 public:
  Prover(Steps& steps, const Limits& limits, Defect defect)
      : steps_(steps), solver_(steps.solver()), limits_(limits), defect_(defect) {}

  // Looks for any of the ways. What was learnt stays, since it is true of all runs.
  Decided decide(const std::vector<Way>& ways);
  const Trace& trace() const { return trace_; }  // after Found
  std::vector<Cube> proof() const;  // after Proved: no reached state is in one of these
  int depth() const { return static_cast<int>(frames_.size()) - 1; }
  std::size_t clauses() const;
  std::string stopped_by() const;

 private:
  struct Blocked {
    Cube cube;
    std::uint64_t signature = 0;
    int handle = -1;
    int obstacle = -1;  // step that kept it from the next frame
  };
  struct Obligation {
    Cube cube;
    int parent = -1;  // obligation that this one leads to
    int step = -1;    // by this step; -1: it is where `way` is
    int way = -1;
  };
  struct Entry {
    int level = 0, depth = 0, obligation = -1;
    bool operator<(const Entry& o) const {  // the top of the queue: lowest level, then latest
      return level != o.level ? level > o.level : obligation < o.obligation;
    }
  };
  struct Excuse {  // why a step does not lead into a cube
    int step = -1;
    Cube used;
    bool cheap = false;
  };

  Lit base(int level) const { return level == 0 ? steps_.start() : levels_[level]; }
  void add_level();
  Answer ask(int step, int level, const Cube& cube, Lit extra, Cube& used);
  void writers_of(const Cube& cube, std::vector<int>& result);
  // Unsat: no state of frame `level` outside of the cube leads into it.
  Answer blocked_from(int level, const Cube& cube, Lit outside, std::vector<Excuse>& excuses,
                      int& step);
  Answer outside_first(const Cube& cube, Cube& used);
  bool block(const Entry& entry);
  Cube joined(const Cube& cube, const std::vector<Excuse>& excuses, const Cube& first) const;
  Cube generalise(Cube cube, int level, std::vector<Excuse> excuses, Cube first);
  bool drop(Cube& cube, const Cube& without, int level, std::vector<Excuse>& excuses, Cube& first);
  void refuse(Cube cube, int level);
  bool refused(const Cube& cube, int level) const;
  bool push();
  bool push_one(int level, Blocked& clause);
  void found(int obligation, const State& first);
  static std::uint64_t signature(const Cube& cube);
  Cube damaged(Cube lifted);

  Steps& steps_;
  Solver& solver_;
  const Limits& limits_;
  Defect defect_;
  std::vector<Lit> levels_;                   // assume one: the clauses of its frame
  std::vector<std::vector<Blocked>> frames_;  // by the highest frame in which it is known
  std::vector<Obligation> obligations_;
  std::priority_queue<Entry> queue_;
  const std::vector<Way>* ways_ = nullptr;
  Trace trace_;
  int proved_ = -1;
  bool stopped_ = false, found_ = false;
  std::vector<std::uint32_t> marked_;  // steps
  std::uint32_t mark_ = 0;
};

}  // namespace luproof::checker::pdr
