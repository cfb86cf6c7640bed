// SPDX-License-Identifier: GPL-2.0-or-later
// What shows that something never comes: a run that goes on for ever without it, or ends.
#pragma once

#include <string>
#include <vector>

#include "checker/interpreter.h"
#include "checker/verdict.h"

namespace luproof::checker {

// Kernel and hardware actors go on where they can; userspace may stop anywhere.
bool weakly_fair(const model::Model& model, const model::Layout& layout, int instance);

// Whether these configurations, one before each step of the run and one behind the last, violate
// the leads-to: `from` holds in one of them and `to` in none from there on, and either the loop
// comes back to where it began and every kernel and hardware actor moves in it or is unable to
// somewhere in it, or none of them can go on at the end.
bool never_comes(const Interpreter& interpreter, const model::Model& model,
                 const model::Layout& layout, const model::Property& property, const Run& run,
                 const std::vector<const Configuration*>& at);

// "steps 2 to 3 are repeated for ever"; "it may end there: …" and who waits for what.
std::string lasso_text(const model::Model& model, const model::Layout& layout, const Run& run,
                       const Configuration& end);

}  // namespace luproof::checker
