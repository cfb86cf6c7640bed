// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/watch.h"

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/progress.h"

namespace luproof::cli {
namespace {

constexpr double kLongestTimeout = 1e9;  // seconds; the clock's numbers end at some 9e9

}  // namespace

void Watch::declare(CLI::App& app) {
  app.add_option("--timeout", seconds_, "Stop after SECONDS, with what is known")
      ->check(CLI::Range(0.0, kLongestTimeout));
  app.add_option("--memory", memory_, "Stop at SIZE of memory: 512M, 2G");
}

void Watch::begin(model::Diagnostics& diagnostics) {
  if (seconds_ > 0) limits_.set_timeout(seconds_);
  const auto size = memory_.empty() ? std::size_t{0} : parse_size(memory_);
  if (size)
    limits_.memory = *size;
  else
    diagnostics.error({}, fmt::format("--memory {} is no size", model::printable(memory_)),
                      "a number with K, M or G: 512M, 2G");
  checker::Limits interrupt;
  stop_on_interrupt(interrupt);
  limits_.interrupted = interrupt.interrupted;
}

bool Watch::going() {
  if (stopped_.empty()) stopped_ = limits_.reached();
  return stopped_.empty();
}

}  // namespace luproof::cli
