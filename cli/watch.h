// SPDX-License-Identifier: GPL-2.0-or-later
// --timeout, --memory and Ctrl-C for commands that read much and search no states.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "model/source.h"
#include "traces/limits.h"

namespace luproof::cli {

class Watch {
 public:
  void declare(CLI::App& app);
  // The clock starts. A size that cannot be read is an error.
  void begin(model::Diagnostics& diagnostics);
  // False from the first limit that is reached.
  bool going();
  // "--timeout", "--memory", "Ctrl-C"; "" while nothing has ended the work.
  const std::string& stopped() const { return stopped_; }

 private:
  double seconds_ = 0;
  std::string memory_, stopped_;
  traces::Limits limits_;
};

}  // namespace luproof::cli
