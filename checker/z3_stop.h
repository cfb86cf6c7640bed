// SPDX-License-Identifier: GPL-2.0-or-later
// What ends a question to Z3, which looks at no limit of ours by itself.
#pragma once

#include <z3.h>

#include <atomic>
#include <string>

#include "checker/stopped.h"

namespace luproof::checker {

class Z3Stop {
 public:
  explicit Z3Stop(const Limits& limits) : limits_(limits) {}

  // "" while no limit is reached; else "interrupt", "timeout" or "memory". Z3 gives its memory back
  // when it is interrupted: that it was too much is kept. Any thread may ask.
  std::string by() const {
    std::string why = stopped_by(limits_);
    if (why.empty() && limits_.too_much_together(Z3_get_estimated_alloc_size())) full_ = true;
    return why.empty() && full_ ? "memory" : why;
  }

 private:
  const Limits& limits_;
  mutable std::atomic<bool> full_{false};
};

}  // namespace luproof::checker
