// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/certainty.h"

#include <algorithm>

namespace luproof::traces {

Certainty certainty_of(const TraceVerdict& verdict) {
  if (verdict.outcome == Outcome::Conforms) return Certainty::Consistent;
  const auto& violations = verdict.violations;
  if (std::any_of(violations.begin(), violations.end(),
                  [](const TraceViolation& v) { return v.trust == Trust::Certain; }))
    return Certainty::WhateverWasLost;
  if (!violations.empty()) return Certainty::IfNothingWasLost;
  if (verdict.outcome != Outcome::Unexplained) return Certainty::CannotTell;
  const bool lossy = std::any_of(verdict.gaps.begin(), verdict.gaps.end(),
                                 [](const Gap& g) { return g.kind == GapKind::Loss; });
  return lossy ? Certainty::IfNothingWasLost : Certainty::WhateverWasLost;
}

}  // namespace luproof::traces
