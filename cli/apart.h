// SPDX-License-Identifier: GPL-2.0-or-later
// Many independent pieces of work, each in a process of its own, some at a time.
//
// What captures hold is not to be trusted, and some are huge. In a process of its own a piece that
// crashes, hangs or eats memory costs its own result and no other, all it took is given back, and
// no library has to be safe for threads.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace luproof::cli {

struct Apart {
  std::string result;  // what the work returned
  std::string ended;   // why there is no result: "signal 11", "--timeout", "--memory", "Ctrl-C"
  double seconds = 0;
  std::size_t memory = 0;  // bytes that it held at most
};

// Beyond these a process is ended from outside; 0 is none. The work should stop earlier by itself.
struct ApartLimits {
  double seconds = 0;
  std::size_t memory = 0;
};
// What a piece of work with limits of its own has beyond them, to end by itself. `usual`: the
// memory is a part of 3/4 of the machine's, and what is left of that is all there is.
ApartLimits with_grace(double seconds, std::size_t memory, bool usual = false);

// Calls `work` for 0 … count - 1 in processes, `jobs` at a time, and `done` in this one for each as
// it ends. After Ctrl-C (see stop_on_interrupt) no further one is begun, and those at work are
// interrupted too.
void apart(std::size_t count, int jobs, const ApartLimits& limits,
           const std::function<std::string(std::size_t)>& work,
           const std::function<void(std::size_t, Apart)>& done);

}  // namespace luproof::cli
