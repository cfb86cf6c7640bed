// SPDX-License-Identifier: GPL-2.0-or-later
// How far a verdict can be trusted, in one of four phrases.
//
// "No violation found" is no proof where events are missing, and a violation is one only where no
// missing event could explain it away. So each verdict says which of the two it is.
#pragma once

#include <string_view>

#include "traces/verdict.h"

namespace luproof::traces {

enum class Certainty { WhateverWasLost, IfNothingWasLost, Consistent, CannotTell };

Certainty certainty_of(const TraceVerdict& verdict);

constexpr std::string_view certainty_text(Certainty certainty) {
  constexpr std::string_view kTexts[] = {"violated whatever was lost",
                                         "violated only if nothing was lost", "consistent",
                                         "cannot tell"};
  return kTexts[static_cast<int>(certainty)];
}

}  // namespace luproof::traces
