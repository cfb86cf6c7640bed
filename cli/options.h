// SPDX-License-Identifier: GPL-2.0-or-later
// Options that several commands share, and what they turn into.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checker/check.h"
#include "report/facts.h"

namespace luproof::cli {

// --specs DIR, else $LUPROOF_SPECS, else the installed folder, else the source tree's.
struct SpecsOption {
  std::string given;

  void declare(CLI::App& app);
  // As model/spec_folders.h has it: the folders of LUPROOF_PATH come first.
  std::string folder() const;
  // The same from another working directory.
  std::string absolute() const;
};

struct LimitOptions {
  int bound = -1;
  double timeout = 0;
  std::string memory;

  void declare(CLI::App& app);
  void declare_bound(CLI::App& app);
  void declare_ends(CLI::App& app);  // of time and memory: of what looks at no runs
  // The clock starts. A size that cannot be read is an error.
  checker::Limits limits(model::Diagnostics& diagnostics) const;
};

// How a spec is read.
struct ReadingOptions {
  std::string variant;
  std::vector<std::string> choose, allow, without;
  std::string topology;
  int vfs = 0;

  void declare(CLI::App& app);
  std::optional<model::LoadOptions> load(const std::string& specs,
                                         model::Diagnostics& diagnostics) const;
  // The same, for the command that repeats a result.
  void repeat(report::Request& request) const;
};

// When to use colour: `auto` asks the terminal, NO_COLOR and TERM.
struct ColourOption {
  std::string when = "auto";

  void declare(CLI::App& app);
  bool use() const;
};

// "NAME=VALUE" split; nullopt if there is no name.
std::optional<std::pair<std::string, std::string>> parse_pair(const std::string& text);

// The nearest of the known names, or all of them if they are few.
std::string suggestion(const std::string& name, std::vector<std::string> known);

// Each name of a --property is of a declared property, or of a built-in one.
void require_properties(const std::vector<std::string>& names, std::vector<std::string> declared,
                        model::Diagnostics& diagnostics);

// Says what a limit, or the user, has ended, and what that leaves open; kInconclusive.
int stopped(const checker::Limits& limits, const char* open);

// Prints what is wrong on stderr; kWrongInput if there is an error, else kHolds.
int report_diagnostics(const model::Diagnostics& diagnostics);

}  // namespace luproof::cli
