// SPDX-License-Identifier: GPL-2.0-or-later
// Room for what calls itself as often as a spec has steps to look through.
#pragma once

#include <cstdint>
#include <functional>

namespace luproof::checker {

// Does the work on a thread of its own, whose stack is hundreds of megabytes if the machine has
// them to give: only what is used takes memory. What the work throws comes out.
void on_deep_stack(const std::function<void()>& work);

// How near the end of its stack the thread is that made it.
class StackEnd {
 public:
  StackEnd();
  // Whether less than an eighth is left. To be asked by that thread.
  bool near() const {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < reserve_;
  }

 private:
  std::uintptr_t reserve_ = 0;
};

}  // namespace luproof::checker
