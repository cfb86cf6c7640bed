// SPDX-License-Identifier: GPL-2.0-or-later
// Builds one actor's program graph, backwards: every statement is lowered onto the point behind it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/program/program.h"

namespace luproof::checker {

// What is to be undone or released when the procedure fails or returns: a linked list, newest
// first.
struct Scope;
using ScopePtr = std::shared_ptr<const Scope>;

class ProgramBuilder {
 public:
  ProgramBuilder(const model::Model& model, model::Diagnostics& diagnostics)
      : m_(model), diagnostics_(diagnostics) {}
  Program build(int actor);

 private:
  // One body being lowered: the actor's own code, or one inlined call.
  struct Body {
    int frame = -1;      // in program_.frames
    int procedure = -1;  // -1: the actor's own code
    int leave = -1;      // point at which the result is set and all With are released
    int result = -1;     // column of the result
    int error = -1;      // column of a pending error
    bool inside = false;
    int holds = 0;         // With blocks of the actor's own code around this call
    std::vector<int> own;  // columns to give back and clear
    std::map<const Scope*, int> unwinding;
    std::vector<ScopePtr> kept_scopes;  // keys of `unwinding` stay alive, so that none is reused
    std::map<const model::Stmt*, std::vector<int>> undo;  // of a site: registered, arguments
    std::map<const model::Stmt*, std::shared_ptr<const UndoGroup>> groups;  // of a loop with sites
  };

  int point(bool step, const model::Stmt* stmt, const Body& body);
  void edge(int from, int to, std::vector<Action> actions);
  int column(const std::string& name, const model::Type& type);
  int fresh_column(Column shape);
  int plain_column(const std::string& name, model::Value low, model::Value high) {
    return fresh_column({.name = name, .low = low, .high = high});
  }
  Column of_element(Column shape, int sort, int member) const;
  void give_back(int column);
  int owned(Body& body, int column);
  int allocate_local(int slot, const std::vector<model::Local>& locals, Body& body);

  int block(const model::Block& block, int next, Body& body, ScopePtr scope);
  int statement(const model::Stmt& s, int next, Body& body, const ScopePtr& scope);
  int simple(const model::Stmt& s, int next, const Body& body, Act act);
  int loop(const model::Stmt& s, int next, Body& body, const ScopePtr& scope);
  int call(const model::Stmt& s, int next, Body& body, const ScopePtr& scope);
  int inline_call(const model::Stmt& s, int procedure, const std::vector<model::ExprPtr>& arguments,
                  int caller_frame, bool step, int next, Body& body, int result_to,
                  const std::vector<int>& argument_columns = {});
  int acquire(const model::Stmt& s, int next, const Body& body);
  int release(const model::Stmt& s, int next, const Body& body);
  Action let(int column, const model::ExprPtr& expr, const Body& body) const;
  int run_undo(const model::Stmt& site, const std::vector<int>& columns, int next, Body& body);
  const std::vector<int>& undo_columns(const model::Stmt& site, Body& body);
  void declare_locals(const model::Block& block, Body& body, std::vector<int>& fresh);

  ScopePtr after(const model::Stmt& s, Body& body, ScopePtr scope);
  void collect_sites(const model::Stmt& s, std::vector<const model::Stmt*>& sites) const;
  int unwind(const ScopePtr& scope, Body& body);     // after a failure
  int returning(const ScopePtr& scope, Body& body);  // after a plain return

  const model::Model& m_;
  model::Diagnostics& diagnostics_;
  Program program_;
  std::vector<int> spare_;  // columns that nobody holds; the last one given back is taken first
  std::vector<int> call_path_;
  bool too_large_ = false;
};

}  // namespace luproof::checker
