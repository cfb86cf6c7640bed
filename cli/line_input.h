// SPDX-License-Identifier: GPL-2.0-or-later
// Lines that somebody types, with history where libedit is there, or that a script or pipe has.
#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "model/source.h"

namespace luproof::cli {

class LineInput {
 public:
  // "" = standard input.
  LineInput(const std::string& script, model::Diagnostics& diagnostics);

  // Somebody sits at a terminal; else each line is shown as it is read.
  bool interactive() const { return interactive_; }
  std::optional<std::string> next(const std::string& prompt);
  // "script:3" of the line that was read last.
  std::string place() const;

 private:
  std::optional<std::string> typed(const std::string& prompt);

  std::string name_;
  std::ifstream file_;
  bool interactive_ = false;
  int line_ = 0;
};

}  // namespace luproof::cli
