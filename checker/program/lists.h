// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "model/model.h"

namespace luproof::checker {

// Whether an expression is a list whatever happens: a loop over it takes the oldest first.
bool is_list(const model::Model& model, const model::Expr& set);

}  // namespace luproof::checker
