// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "checker/verdict.h"

namespace luproof::checker {

// "" while no limit of time is reached.
inline std::string stopped_by(const Limits& limits) {
  if (limits.interrupted && *limits.interrupted) return "interrupt";
  return limits.expired() ? "timeout" : "";
}

// Thrown out of what has to end, however deep that is.
struct Ended {
  std::string by;  // "timeout", "memory", "interrupt"
};

// Ends what has to end by now.
inline void end_at(const Limits& limits) {
  if (std::string why = stopped_by(limits); !why.empty()) throw Ended{std::move(why)};
}

}  // namespace luproof::checker
