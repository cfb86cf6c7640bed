// SPDX-License-Identifier: GPL-2.0-or-later
// Many independent searches, some at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace luproof::cli {

// How many of `count` are at work together.
inline std::size_t at_a_time(std::size_t count, int jobs) {
  return std::clamp<std::size_t>(count, 1, static_cast<std::size_t>(std::max(jobs, 1)));
}

// Calls act(0) … act(count - 1), `jobs` at a time, in about that order; returns when all are done.
template <typename Act>
void side_by_side(std::size_t count, int jobs, const Act& act) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < at_a_time(count, jobs); ++i)
    threads.emplace_back([&] {
      for (std::size_t task = next++; task < count; task = next++) act(task);
    });
}

}  // namespace luproof::cli
