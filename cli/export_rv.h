// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof export FILE --to rv`: an automaton for a monitor inside a running kernel.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace luproof::cli {

struct RvOptions {
  std::vector<std::string> cells, functions;
  int kernel = 0;
  bool list = false;  // what can be watched, instead of an automaton
  std::string element;

  void declare(CLI::App& app, LimitOptions& limits);
  bool any() const;  // one of them was given

  // What to write; "" where `status` says why not. `properties`: indices, at most one.
  std::string write(const model::Model& model, const std::vector<int>& properties,
                    checker::Limits& bounds, model::Diagnostics& diagnostics, int& status) const;
};

// The name of a monitor is that of its file: an error where the generator would not take it.
void check_rv_file(const std::string& file, model::Diagnostics& diagnostics);

}  // namespace luproof::cli
