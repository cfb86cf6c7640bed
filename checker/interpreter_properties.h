// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a safety property is violated by a state or a step.
#pragma once

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {

// `view.data` is the state that is judged. `latched` says which claims bind: the same state, or the
// one before a step. An expression that cannot be evaluated counts as violated.
bool violated(const World& world, const model::Property& property, View view, const State& latched,
              Value* element);
// A passage is one at which the property looks.
bool looks_at(const World& world, const model::Property& property, const Passage& passage);

}  // namespace luproof::checker::plain
