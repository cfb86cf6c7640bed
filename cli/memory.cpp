// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/memory.h"

#include <fmt/format.h>

#include <cstdio>

#include "model/machine_memory.h"
#include "model/size.h"

namespace luproof::cli {
namespace {

std::atomic<bool> was_full{false};

}  // namespace

std::size_t memory_limit(const std::string& given, model::Diagnostics& diagnostics) {
  if (given.empty()) return model::usual_part(model::machine_memory().bytes);
  if (given == "0") return 0;
  const auto size = model::parse_size(given);
  if (!size)
    diagnostics.error({}, fmt::format("--memory {} is no size", model::printable(given)),
                      "a number with K, M or G: 512M, 2G");
  return size.value_or(0);
}

std::atomic<bool>* usual_memory_full() { return &was_full; }

void tell_usual_memory() {
  if (!was_full) return;
  fmt::print(stderr, "luproof: stopped at {}; --memory SIZE says otherwise\n",
             model::usual_part_text(model::machine_memory()));
}

}  // namespace luproof::cli
