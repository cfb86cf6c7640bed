// SPDX-License-Identifier: GPL-2.0-or-later
// The commands of `luproof simulate`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/line_input.h"
#include "report/simulation_text.h"
#include "report/text.h"

namespace luproof::cli {

struct SimulateOptions {
  bool verbose = false;
  std::string specs;
  report::Style style;
};

class Session {
 public:
  // `starts`: all the states that a run may begin in.
  Session(const checker::Checked& checked, checker::Simulation& simulation,
          std::vector<checker::Configuration> starts, const report::Request& request,
          const checker::Limits& limits, const SimulateOptions& options);

  // Until the input ends or says `quit`; the exit status.
  int run(LineInput& input);
  // A walk at random, then what it came to.
  int random(std::uint64_t seed, int steps);

 private:
  struct Command {
    std::vector<const char*> names;
    const char* arguments;
    const char* about;
    // false: the command is wrong, and said so.
    bool (Session::*act)(const std::string& argument);
  };
  static const std::vector<Command>& commands();

  // Does what a signal or a limit may end, and says so if one did.
  bool answered(const std::function<bool()>& answer);
  bool one(const std::string& line);
  bool pick(const std::string& number);
  bool undo(const std::string& count);
  bool redo(const std::string& count);
  bool run_to(const std::string& goal);
  bool list(const std::string&);
  bool state(const std::string& argument);
  bool where(const std::string&);
  bool why(const std::string& name);
  bool history(const std::string&);
  bool start(const std::string& number);
  bool save(const std::string& path);
  bool load(const std::string& path);
  bool verbose(const std::string& argument);
  bool help(const std::string&);
  bool quit(const std::string&);

  bool wrong(const std::string& message, const std::string& hint = "");
  void list_choices();
  void told();  // what the last stride did
  int status(bool open) const;
  std::string property() const;  // that the run violates first, or ""

  const checker::Checked& checked_;
  checker::Simulation& sim_;
  const report::Request& request_;
  checker::Limits limits_;
  SimulateOptions options_;
  report::SimulationText text_;
  std::vector<checker::Configuration> starts_;
  std::vector<checker::Stride> choices_;
  bool quit_ = false, stopped_ = false;
  std::string complaint_;
};

}  // namespace luproof::cli
