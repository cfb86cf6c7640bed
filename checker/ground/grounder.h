// SPDX-License-Identifier: GPL-2.0-or-later
// From programs to transitions: every way from one step point to the next is a transition.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "checker/deep_stack.h"
#include "checker/ground/executor.h"
#include "checker/ground/pace.h"

namespace luproof::checker {

class Grounder {
 public:
  Grounder(System& system, Pace& pace, model::Diagnostics& diagnostics)
      : s_(system),
        pace_(pace),
        diagnostics_(diagnostics),
        e_(system, pace),
        x_(system, e_),
        t_(system.terms),
        m_(*system.model),
        layout_(*system.layout) {}
  void run();

 private:
  using Then = std::function<void(Path)>;

  void allocate();
  void initial_values();
  void start_control();
  void expand(int instance, int point);
  void events();
  void properties();

  // Takes the edge's actions from `action` on, then what follows locally.
  void follow(int instance, const Edge& edge, std::size_t action, Path path, int depth,
              const std::function<void(Path, int)>& at_rest);
  void arrive(int instance, int point, Path path, int depth,
              const std::function<void(Path, int)>& at_rest);
  void finish(Path path, int instance, int from, int to);
  void emit_faults(const Path& path, int instance, int from);
  // What `act` does with a path, with notes of all that is evaluated on the way.
  template <typename Do>
  void noting(std::vector<Note>& notes, const Do& act) {
    const Recording recording(e_, &notes);
    act();
  }
  void at(const Point& point, Path& path);
  void note_waiting(const Point& point, const Path& path, int instance);
  bool starts_in(const model::Actor& actor, bool first_kernel) const;
  bool dies(int instance) const;

  // kexec.cpp
  void kexec(const Action& action, int instance, Path path, const Then& then);
  void boot_cells(StepState& after, const StepState& before, Path& path,
                  std::vector<std::pair<int, SlotRange>>& any);
  void restart(std::size_t instance, Path path, bool first_kernel, const Then& then);
  void branch_any(const std::vector<std::pair<int, SlotRange>>& any, std::size_t next, Path path,
                  const Then& then);

  // monitors.cpp
  void latches(StepState& state, bool all);
  bool touches(const std::unordered_map<int, Term>& updates,
               const std::vector<char>& support) const;
  void claim_support();
  // `bound`, if not null: that there is something the property speaks of.
  Term violated(const model::Property& property, const StepState& now, const StepState& before,
                const StepState& latched, std::vector<Term>* by_element, Term* bound);
  void step_checks(Transition& transition, const Path& path);

  System& s_;
  Pace& pace_;
  const StackEnd stack_;  // of the thread that runs it
  model::Diagnostics& diagnostics_;
  Evaluator e_;
  Executor x_;
  Terms& t_;
  const model::Model& m_;
  const model::Layout& layout_;
  std::vector<std::vector<char>> claim_support_;
  std::vector<std::set<int>> discovered_;  // per instance: step points
  std::vector<std::pair<int, int>> open_;  // (instance, point) to expand
  std::set<std::tuple<int, int, Term, int>> seen_faults_;
  bool ended_ = false;  // nothing more is to be added: there is too much already
};

}  // namespace luproof::checker
