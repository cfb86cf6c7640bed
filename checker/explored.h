// SPDX-License-Identifier: GPL-2.0-or-later
// What the explorer walked, for questions beyond verdicts. Points into the model and layout of the
// Checked that it belongs to.
#pragma once

#include <memory>

#include "checker/explorer/explorer.h"

namespace luproof::checker {

struct Explored {
  std::unique_ptr<System> system;
  std::unique_ptr<Graph> graph;
};

}  // namespace luproof::checker
