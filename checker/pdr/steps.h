// SPDX-License-Identifier: GPL-2.0-or-later
// One step of the system as PDR asks about it: which transitions can lead into a cube, under what
// condition, and from which part of a state.
//
// There is no transition relation in the solver. A cube is a few slots; the transitions that write
// one of them are asked one by one, and most are refused without a question, since they write
// another constant. Nothing is chosen by the solver but the state before, and what a transition
// needs of it is encoded when it is first asked for. Transitions that write none of the cube's
// slots cannot lead into it from outside; neither can a stutter. So the relation is total without
// saying so: a dead end is a state with nothing to ask.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "checker/pdr/possible.h"
#include "checker/pdr/solver.h"

namespace luproof::checker::pdr {

// Literals of the solver that speak of whole values: positive, slot == value; negative, it is not.
using Cube = std::vector<Lit>;  // sorted; a conjunction

struct Meaning {
  int slot = -1;
  Value value = 0;
};

struct Step {
  int transition = -1;
  Term guard = -1;
  std::vector<std::pair<int, Values>> demands;  // slots that the guard narrows; sorted by slot
  std::vector<std::pair<int, Term>> updates;    // of slots that can change; sorted by slot
  std::vector<Lit> needs;                       // literals of the guard, once it was asked for
  bool encoded = false;
};

class Steps {
 public:
  Steps(System& system, const Possible& possible, const smt::Demands& demands, Solver& solver);

  System& system() { return system_; }
  Solver& solver() { return solver_; }
  const std::vector<Step>& steps() const { return steps_; }
  const Values& values(int slot) const { return possible_.values[slot]; }
  const Possible& possible() const { return possible_; }
  bool is_live(int slot) const { return live_[slot] != 0; }

  Lit start() const { return start_; }  // assume it: the state is a first one
  bool never_first(Lit lit) const;      // no first state has it, as far as the slot alone tells
  Lit atom(int slot, Value value);
  const Meaning& meaning(Lit lit) const { return meanings_.at(lit < 0 ? -lit : lit); }
  Lit truth(Term term) { return encoder_.truth(term); }

  // Steps that write a slot of the cube, and what each is refused by at once: literals of the cube
  // that it cannot make true, or leaves as its guard forbids.
  const std::vector<int>& writers(int slot) const { return writers_[slot]; }
  bool writes(int step, int slot) const;
  bool refuses(int step, Lit lit);  // cheap; false: the solver may still refuse
  const std::vector<Lit>& needs(int step);
  Lit before(int step, Lit lit);  // what makes `lit` true after the step

  State state() const;  // of all slots, after Sat
  // Slots of `state` that decide it: every state in the cube takes the step, into `target`.
  Cube lift(const State& state, int step, const Cube& target);
  Cube lift(const State& state, const std::vector<Term>& conditions);  // each is true in it
  // Terms in one state, which has to stay while they are looked at.
  void look_at(const State& state);
  Value look(Term term);

 private:
  void declare();
  void begin();
  void simplify(const smt::Demands& demands);
  void fix(Term term);        // its value, in the state of the lifting at hand
  void fix_truth(Term term);  // whether it is zero
  void keep(int slot);
  const Term* update(int step, int slot) const;
  Cube collected();

  System& system_;
  const Possible& possible_;
  Solver& solver_;
  std::vector<char> live_;
  std::vector<bits::Word> words_;
  bits::Encoder<Solver> encoder_;
  std::vector<Step> steps_;
  std::vector<std::vector<int>> writers_;
  std::unordered_map<Lit, Meaning> meanings_;
  std::unordered_map<std::uint64_t, Lit> before_;
  Lit start_ = kTrue;

  // Values of terms in one state, and what of it was needed.
  const State* looking_ = nullptr;
  std::vector<Value> value_;
  std::vector<std::uint32_t> known_, fixed_, fixed_truth_;
  std::uint32_t round_ = 0;
  Cube wanted_;
};

}  // namespace luproof::checker::pdr
