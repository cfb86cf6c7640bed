// SPDX-License-Identifier: GPL-2.0-or-later
// A run by names, so that it can be found again in the same spec after an unrelated edit.
//
// A Label speaks in numbers that every edit shifts. A name of a step is its actor, the procedure in
// which its statement stands, and the statement's text; which of several equal texts it is, is
// counted. Whether the run still is one, the interpreter says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/interpreter.h"
#include "checker/verdict.h"

namespace luproof::checker {

struct StepName {
  std::string actor;      // the instance; "" for an event that happens by itself
  std::string in;         // the procedure, event or actor whose code the statement is
  std::string statement;  // its text in the source, as far as the end of its line
  int nth = 1;            // of the statements with this text in there
  std::string event;      // of what happens by itself
  std::vector<std::string> args;
  std::vector<std::string> choices;
  bool operator==(const StepName&) const = default;
};

struct NamedRun {
  std::map<std::string, std::string> start;  // free values of the first state
  std::vector<StepName> steps;
  std::string fault;  // of the last step, or ""
};

class StepNames {
 public:
  StepNames(const model::Model& model, const model::Layout& layout);
  StepName of(const Label& label, const std::vector<ChoiceOf>& choices_of) const;
  // "if d.exists: …" of a statement.
  const std::string& text(int statement) const { return statements_[statement].statement; }
  bool knows(const StepName& name) const;  // there is such an actor and statement, or event

 private:
  struct Statement {
    std::string in, statement;
    int nth = 0;
  };
  void add(const model::Block& block, const std::string& in);
  void add(const model::Stmt& statement, const std::string& in);

  const model::Model& model_;
  const model::Layout& layout_;
  std::vector<Statement> statements_;  // by id
  std::map<std::pair<std::string, std::string>, int> count_;
};

// The values of a first state that another one may have otherwise.
std::map<std::string, std::string> free_values(const model::Model& model,
                                               const model::Layout& layout, const State& first);

// nullopt if the interpreter cannot walk it.
std::optional<NamedRun> name_run(const model::Model& model, const model::Layout& layout,
                                 const Run& run);

// The run, and all configurations along it. nullopt: `why` says which step and why.
struct FoundRun {
  Run run;
  std::vector<Configuration> at;  // before each step, and at the end
  std::vector<Successor> taken;   // the steps
};
std::optional<FoundRun> find_run(const Interpreter& interpreter, const model::Model& model,
                                 const model::Layout& layout, const NamedRun& named,
                                 std::string& why);

}  // namespace luproof::checker
