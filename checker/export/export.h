// SPDX-License-Identifier: GPL-2.0-or-later
// The door to this folder: a ground system as text for other people's tools.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/export/program.h"

namespace luproof::checker::exporter {

struct Written {
  std::string text;    // of the file
  std::string beside;  // of a second file that the tool wants (TLC's configuration), or ""
};

struct Target {
  std::string_view name;
  std::string_view about;
  std::string_view beside;  // ending of the second file, or ""
  Written (*write)(const Program& program);
};
const std::vector<Target>& targets();
const Target* find_target(std::string_view name);

Written promela(const Program& program);
Written murphi(const Program& program);
Written tla(const Program& program);
Written smt2(const Program& program);
Written aiger(const Program& program);
Written aag(const Program& program);
Written btor2(const Program& program);
Written dot(const Program& program);

}  // namespace luproof::checker::exporter
