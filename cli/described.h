// SPDX-License-Identifier: GPL-2.0-or-later
// What the commands and their options are, read once out of CLI11's tree, for everything that tells
// of them: --help, the manual, the completions of shells.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace luproof::cli {

struct DescribedOption {
  std::vector<std::string> names;   // "-o", "--output"; of an argument its one name
  std::string argument;             // "TEXT", "N", "a|b"; "" for a flag
  std::vector<std::string> values;  // all that it takes, if they are few
  std::string about;
  bool repeated = false, required = false;

  bool is_number() const { return argument == "N" || argument == "NUMBER"; }
};

struct DescribedCommand {
  std::string name;  // "check"; "" is luproof itself
  std::string about;
  std::vector<DescribedOption> arguments, options;
  std::string footer;

  std::string usage() const;  // "luproof check [OPTIONS] FILE..."
};

DescribedCommand described(const CLI::App& app);
// Of luproof itself: in the order of its help.
std::vector<DescribedCommand> described_commands(const CLI::App& luproof);

// --help, in lines of at most 100 columns.
class Help : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// The commands that print it (cli/commands.h).
std::function<int()> completion_command(CLI::App& app);
std::function<int()> man_command(CLI::App& app);

}  // namespace luproof::cli
