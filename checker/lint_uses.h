// SPDX-License-Identifier: GPL-2.0-or-later
// What the text of a model refers to, whether a run gets there or not.
#pragma once

#include <set>

#include "model/model.h"

namespace luproof::checker {

struct References {
  std::set<int> defines, configs, acts, enums;
  std::set<int> cells_read, cells_written;
  std::set<const model::Stmt*> unread;  // `let` whose local nobody reads
};

References references(const model::Model& model);

}  // namespace luproof::checker
