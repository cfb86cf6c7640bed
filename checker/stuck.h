// SPDX-License-Identifier: GPL-2.0-or-later
// Who waits at the end of a deadlock, where, and for whom.
#pragma once

#include <string>

#include "checker/interpreter.h"

namespace luproof::checker {

// Who waits inside a procedure, other than `except`, where and for whom; the first few of them.
std::string waiting_text(const model::Model& model, const model::Layout& layout,
                         const Configuration& at, int except);

// "vmm waits for ever at FILE:LINE: LOCK is held by admin; admin waits at FILE:LINE: …". `first`:
// the instance that nothing can wake; then those that it waits with, inside their procedures.
std::string stuck_text(const model::Model& model, const model::Layout& layout,
                       const Configuration& at, int first);

}  // namespace luproof::checker
