// SPDX-License-Identifier: GPL-2.0-or-later
// Why no run goes on: the states alive at the furthest line, what they allow, and what said no.
#pragma once

#include "checker/conform/search.h"

namespace luproof::checker {

// What is seen in words of the model: "luo_preserve_file(vm1, t0x1a)", "luo_file_freeze returns
// -EBUSY".
std::string seen_text(const model::Model& model, const Seen& seen);

void give_reasons(System& system, const Shown& shown, const Observations& observations,
                  ConformSearch& search, Conformity& result);

}  // namespace luproof::checker
