// SPDX-License-Identifier: GPL-2.0-or-later
// Why somebody does not move, or something does not happen: the conditions that are false, as the
// source has them.
#pragma once

#include <string>
#include <vector>

#include "checker/interpreter.h"

namespace luproof::checker {

struct Obstacle {
  model::Span span;
  std::string text;  // "luo == Normal is false: luo is Frozen", "rescan_remove is held by vmm"
};

// Of an instance. Empty: it has ended, or it can move.
std::vector<Obstacle> obstacles(const model::Model& model, const model::Layout& layout,
                                const Configuration& at, int instance);
// Of an event that happens by itself, with these arguments. Empty: it can happen.
std::vector<Obstacle> obstacles(const model::Model& model, const model::Layout& layout,
                                const Configuration& at, int event, const std::vector<Value>& args);

}  // namespace luproof::checker
