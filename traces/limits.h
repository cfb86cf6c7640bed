// SPDX-License-Identifier: GPL-2.0-or-later
// When to stop, with what is known so far.
//
// A verdict about a part of a capture is worth having: a violation that was seen stays one, and
// everything else is "inconclusive" with the reason. So nothing is thrown away when time is up.
// Who does long work asks `reached()` every few thousand steps.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace luproof::traces {

// What ends the work where nobody gave the memory.
inline constexpr const char* kUsualMemory = "3/4 of the machine's memory (--memory says otherwise)";

struct Limits {
  using Clock = std::chrono::steady_clock;

  Clock::time_point deadline = Clock::time_point::max();
  std::size_t memory = 0;  // bytes that the process may hold; 0 = any number
  bool usual = false;      // nobody gave it: 3/4 of the machine's
  const std::atomic<bool>* interrupted = nullptr;

  // Reading may use all the time; what was read is then judged, for half as long again.
  void set_timeout(double seconds);
  Limits for_judging() const;

  // What ends the work: "--timeout", "--memory" (or that it is the usual one), "Ctrl-C"; "" while
  // nothing does.
  std::string_view reached() const;
  // Bytes that the process may still take; 0 = any number.
  std::size_t left() const;

 private:
  Clock::duration grace_ = {};
};

// Bytes of memory that a process holds at this moment; 0 if nobody says.
std::size_t resident_memory();
std::size_t resident_memory(int pid);

}  // namespace luproof::traces
