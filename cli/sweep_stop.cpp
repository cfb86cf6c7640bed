// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <sys/time.h>

#include <cmath>

#include "cli/progress.h"
#include "cli/sweep.h"

namespace luproof::cli {

void stop_on_terminate(checker::Limits& limits, double seconds) {
  stop_on_interrupt(limits);
  struct sigaction as_interrupt = {};
  sigaction(SIGINT, nullptr, &as_interrupt);
  for (const int signal : {SIGTERM, SIGHUP, SIGALRM}) sigaction(signal, &as_interrupt, nullptr);
  if (seconds <= 0) return;
  constexpr double kMicroseconds = 1e6;
  itimerval timer = {};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec =
      static_cast<suseconds_t>((seconds - std::floor(seconds)) * kMicroseconds);
  if (timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0)
    timer.it_value.tv_usec = 1;  // 0 would be never
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace luproof::cli
