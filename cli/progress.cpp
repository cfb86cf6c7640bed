// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/progress.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "model/source.h"
#include "report/facts.h"

namespace luproof::cli {
namespace {

constexpr int kSignalStatus = 128;  // and the number of the signal, as shells have it
std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");
bool line_open = false;

void on_interrupt(int signal) {
  if (asked_to_stop.exchange(true)) _exit(kSignalStatus + signal);
}

}  // namespace

void stop_on_interrupt(checker::Limits& limits) {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  limits.interrupted = &asked_to_stop;
}

bool interrupted() { return asked_to_stop; }

void show_progress(checker::Limits& limits, const std::string& name) {
  if (!isatty(STDERR_FILENO)) return;
  limits.progress = [shown = model::printable(name)](const checker::Statistics& s) {
    const double rate = s.seconds > 0 ? static_cast<double>(s.states) / s.seconds : 0;
    fmt::print(stderr, "\r\x1b[K{}: {}, {}/s, depth {}", shown, report::counted(s.states, "state"),
               report::count(static_cast<std::size_t>(rate)), s.depth);
    std::fflush(stderr);
    line_open = true;
  };
}

void show_done(const std::string& what, std::size_t done, std::size_t of) {
  if (!isatty(STDERR_FILENO)) return;
  fmt::print(stderr, "\r\x1b[K{} of {}", report::count(done), report::counted(of, what));
  std::fflush(stderr);
  line_open = true;
}

void end_progress() {
  if (!line_open) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  line_open = false;
}

}  // namespace luproof::cli
