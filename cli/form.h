// SPDX-License-Identifier: GPL-2.0-or-later
// --format and -o: in which form a report is written, and where to.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::cli {

struct FormOptions {
  std::string format = "text", output;

  // `about` says what the forms are.
  void declare(CLI::App& app, const std::string& about, std::vector<std::string> forms);
  // Without --format the ending of the file chooses. One of a form that the command does not write
  // is an error: nobody who asks for a page wants text in it.
  void choose(model::Diagnostics& diagnostics);

 private:
  const CLI::App* command_ = nullptr;
  const CLI::Option* given_ = nullptr;
  std::vector<std::string> forms_;
};

}  // namespace luproof::cli
