// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "bench/traces/bench.h"

int main(int argc, char** argv) {
  using namespace luproof::bench;
  const std::string command = argc > 2 ? argv[1] : "";
  const auto number = [&](int i) { return argc > i ? std::strtoull(argv[i], nullptr, 10) : 0; };
  if (command == "grow-text" && argc == 6)
    return grow_text(argv[2], argv[3], number(4), static_cast<int>(number(5))) ? 0 : 1;
  if (command == "grow-dat" && argc == 5) return grow_dat(argv[2], argv[3], number(4)) ? 0 : 1;
  if (command == "newlines") return count_newlines(argv[2]) ? 0 : 1;
  if (command == "passed-over") return read_text(argv[2], Lines::PassedOver) ? 0 : 1;
  if (command == "looked-at") return read_text(argv[2], Lines::LookedAt) ? 0 : 1;
  if (command == "taken-apart") return read_text(argv[2], Lines::TakenApart) ? 0 : 1;
  if (command == "dat") return read_dat(argv[2]) ? 0 : 1;
  std::fprintf(stderr, "bench_traces is run by scripts/bench traces\n");
  return 2;
}
