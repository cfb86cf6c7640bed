// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>

#include "model/model.h"

namespace luproof::checker {

// What a failure meets on its way out, newest first: a lock to release, an undo call that may have
// been registered, or the turns of a loop with undo calls.
struct Scope {
  enum class Kind { With, Undo, Group };
  Kind kind = Kind::With;
  const model::Stmt* stmt = nullptr;
  std::shared_ptr<const Scope> older;
};

}  // namespace luproof::checker
