// SPDX-License-Identifier: GPL-2.0-or-later
// What the interpreter does now and then, in the middle of an expression too.
#pragma once

#include <functional>
#include <utility>

namespace luproof::checker::plain {

class Pace {
 public:
  void look_with(std::function<void()> look) { look_ = std::move(look); }
  void step() {
    constexpr unsigned kTurns = 64;  // between two looks
    if (look_ && ++asked_ % kTurns == 0) look_();
  }

 private:
  std::function<void()> look_;
  unsigned asked_ = 0;
};

}  // namespace luproof::checker::plain
