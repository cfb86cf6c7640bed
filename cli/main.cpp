// SPDX-License-Identifier: GPL-2.0-or-later
// luproof: formal models of Linux live update, checked from the command line.
//
// A new command is one line in the table. CLI11 parses; its exit codes and its way to print are
// replaced, because a wrong command line is wrong input: status 2, said on stderr, made printable.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <vector>

#include "cli/commands.h"
#include "cli/described.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/spec_folders.h"
#include "cli/sweep.h"
#include "cli/version.h"
#include "model/source.h"
#include "report/facts.h"

namespace luproof::cli {
namespace {

struct Command {
  const char* name;
  const char* about;
  Action (*setup)(CLI::App&);
};
constexpr std::array kCommands = {
    Command{"check", "Decide the properties of specs", check_command},
    Command{"ask", "Put the alternatives of a design side by side", ask_command},
    Command{"preflight", "Say whether a host is ready for a kexec, and what would be lost",
            preflight_command},
    Command{"matrix", "Say which updates between the kernels of a fleet are safe", matrix_command},
    Command{"certificate", "Say whether a certificate is one of a design", certificate_command},
    Command{"test", "Hold specs to the verdicts they expect", test_command},
    Command{"lint", "Find what no run could tell from its absence", lint_command},
    Command{"explain", "Say what a rule is, and who says so", explain_command},
    Command{"simulate", "Step through a run by hand, by a script, or at random", simulate_command},
    Command{"diff", "Say what one design gained and gave up against another", diff_command},
    Command{"mutate", "Say which lines of a design its properties need", mutate_command},
    Command{"repair", "Find the smallest changes that keep what a design claims", repair_command},
    Command{"rules", "List the rules of the packs, with sources and users", rules_command},
    Command{"drift", "Say which rules a change of the kernel's source touches", drift_command},
    Command{"map", "Say which functions of a series a design speaks of", map_command},
    Command{"new", "Write a design, a rule, a case or a binding to begin with", new_command},
    Command{"show", "Show what a spec or a dump consists of", show_command},
    Command{"sweep", "Run a part of a plan of many checks, on one machine of many", sweep_command},
    Command{"merge", "Put the results of a sweep together", merge_command},
    Command{"export", "Write the transition system for SPIN, Rumur, TLC, ABC and others",
            export_command},
    Command{"trace", "Say whether captures of a kernel kept what had to survive", trace_command},
    Command{"reproduce", "Force a run on a real kernel, and say whether it came true",
            reproduce_command},
    Command{"probes", "Say what to record of a kernel for trace to judge", probes_command},
    Command{"completion", "Print what a shell needs to complete command lines", completion_command},
    Command{"man", "Print the manual of a command", man_command},
};

constexpr const char* kStatus =
    "Exit status: 0 every property holds; 1 violated; 2 the input is wrong;\n"
    "3 inconclusive (bound, timeout, memory).";

constexpr const char* kHelp = "luproof --help lists commands, luproof COMMAND --help their options";

// Where a command was named, its own help is what helps.
std::string help_of(const std::vector<CLI::App*>& commands) {
  for (const CLI::App* const command : commands)
    if (command->parsed()) return "luproof " + command->get_name() + " --help lists its options";
  return kHelp;
}

int complain(const std::string& message, const std::string& hint) {
  fmt::print(stderr, "luproof: {}\n", model::printable(message));
  if (!hint.empty()) fmt::print(stderr, "  hint: {}\n", model::printable(hint));
  return report::kWrongInput;
}

// Text of CLI11 may have several lines.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int run(int argc, char** argv) {
  CLI::App app("luproof checks formal models of Linux live update.", "luproof");
  app.set_version_flag("--version", version_text,
                       "Say the version, and what this luproof is built of");
  app.formatter(std::make_shared<Help>());
  app.footer(kStatus);
  app.set_help_flag("-h,--help", "Say what there is, and end");
  app.require_subcommand(1);
  std::vector<Action> actions;
  std::vector<CLI::App*> commands;
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    commands.push_back(app.add_subcommand(command.name, command.about));
    commands.back()->footer(kStatus);  // a command may say another one
    names.emplace_back(command.name);
    actions.push_back(command.setup(*commands.back()));
  }
  if (argc > 1 && argv[1][0] != '-' &&
      std::find(names.begin(), names.end(), std::string(argv[1])) == names.end()) {
    const std::string near = suggestion(argv[1], names);
    return complain("there is no command '" + std::string(argv[1]) + "'",
                    near.empty() ? kHelp : near);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked) == 0 ? report::kHolds : report::kWrongInput;
  } catch (const CLI::ParseError& error) {
    return complain(first_line(error.what()), help_of(commands));
  }
  model::Diagnostics environment;
  check_environment(environment);
  if (const int status = report_diagnostics(environment); status != report::kHolds) return status;
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (commands[i]->parsed()) {
      const int status = actions[i]();
      tell_usual_memory();
      return status;
    }
  return report::kWrongInput;
}

}  // namespace
}  // namespace luproof::cli

int main(int argc, char** argv) {
  return luproof::cli::with_output([&] { return luproof::cli::run(argc, argv); });
}
