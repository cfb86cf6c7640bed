// SPDX-License-Identifier: GPL-2.0-or-later
// What a monitor inside a kernel can see of a run: calls of functions, and what they return.
//
// A kernel shows its functions, not its variables. So a question about a variable or a property is
// first turned into the functions that change what it looks at.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker::exporter {

struct RvQuestion {
  std::vector<int> cells;              // watch what changes them
  std::vector<std::string> functions;  // watch these procedures and events
  int property = -1;                   // watch what can break it, and leave out runs that do
  int kernel = 0;                      // only the life of this kernel, from 1; 0: of any
  std::string element;                 // only calls about this element; "": about anybody
};

struct RvSymbol {
  std::string name;   // identifier in C, as short as the kernel wants it
  std::string shown;  // "luo_prepare returns an error"
};

class RvWatch {
 public:
  // The system may not be fused: between two fused steps others are seen.
  RvWatch(const System& system, const RvQuestion& question);

  const std::vector<RvSymbol>& symbols() const { return symbols_; }
  // Steps that change what is watched and of which no function says so: "PROCEDURE changes CELL".
  const std::vector<std::string>& unseen() const { return unseen_; }
  // Whether a step can show anything, and what it shows in a state, in order.
  bool shows(const Transition& t) const;
  void word(const Transition& t, const State& before, std::vector<int>& symbols) const;
  // The slots of the cells in question, for names of states.
  const std::vector<int>& cell_slots() const { return cell_slots_; }

 private:
  struct Seen {
    int enters = -1, returns = -1, fails = -1;  // symbols; returns: with 0 where fails is there
  };
  // Calls within one step: of an event or of a block that is one step.
  void find_inner_calls();
  void find_inner_calls(const model::Block& block, std::vector<int>* always,
                        const std::string& where);
  void find_atomic_blocks(const model::Block& block, const std::string& where);
  void watch_slots(const std::vector<char>& wanted);
  void watch_property(int property);
  void watch_function(const std::string& name);
  void watch_procedure(int procedure, bool entry);
  void watch_event(int event);
  void watch_kexec();
  int symbol(const std::string& name, const std::string& shown);
  int fired(const Transition& t) const;  // event, -1: none
  void add_event(int event, std::vector<int>& symbols) const;
  bool shows_event(int event) const;
  bool about(const std::vector<Term>& args, const std::vector<model::Local>& locals,
             const State& before) const;

  const System& s_;
  const model::Model& m_;
  std::string element_;
  std::vector<RvSymbol> symbols_;
  std::vector<std::string> unseen_;
  std::vector<int> cell_slots_;
  std::map<int, Seen> procedures_;
  std::map<int, int> events_;
  std::map<int, std::vector<int>> within_event_, within_block_;  // event, statement: calls in order
  std::map<int, std::string> hidden_;  // events called on a condition within a step, and where
  int kexec_ = -1;
};

// An identifier of at most 31 letters, digits and underscores that `taken` does not have.
std::string rv_identifier(const std::string& text, const std::vector<std::string>& taken);

}  // namespace luproof::checker::exporter
