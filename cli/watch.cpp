// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/watch.h"

#include "cli/memory.h"
#include "cli/progress.h"

namespace luproof::cli {
namespace {

constexpr double kLongestTimeout = 1e9;  // seconds; the clock's numbers end at some 9e9

}  // namespace

void Watch::declare(CLI::App& app) {
  app.add_option("--timeout", seconds_, "Stop after SECONDS, with what is known")
      ->check(CLI::Range(0.0, kLongestTimeout));
  app.add_option("--memory", memory_, kMemoryHelp);
}

void Watch::begin(model::Diagnostics& diagnostics) {
  if (seconds_ > 0) limits_.set_timeout(seconds_);
  limits_.memory = memory_limit(memory_, diagnostics);
  limits_.usual = memory_.empty();
  checker::Limits interrupt;
  stop_on_interrupt(interrupt);
  limits_.interrupted = interrupt.interrupted;
}

bool Watch::going() {
  if (stopped_.empty()) stopped_ = limits_.reached();
  return stopped_.empty();
}

}  // namespace luproof::cli
