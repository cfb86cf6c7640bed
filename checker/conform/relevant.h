// SPDX-License-Identifier: GPL-2.0-or-later
// What a search has to tell apart: the rest of a state can make no difference to what is seen.
#pragma once

#include <vector>

#include "checker/conform/shown.h"

namespace luproof::checker {

struct Relevant {
  std::vector<char> slots;        // by slot; the others may have any value
  std::vector<char> transitions;  // by transition; the others change nothing that matters
};

// `properties`: whether one is violated matters too.
Relevant relevant(const System& system, const Shown& shown, bool properties);

}  // namespace luproof::checker
