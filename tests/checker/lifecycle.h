// SPDX-License-Identifier: GPL-2.0-or-later
// bench/lifecycle.yaml with another number of devices, as bench/lifecycle.py writes it.
#pragma once

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace luproof::checker {

inline std::string lifecycle(int devices) {
  std::ifstream file(std::string(LUPROOF_SOURCE_SPECS) + "/../bench/lifecycle.yaml");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto replace_line = [&](const std::string& start, const std::string& with) {
    const std::size_t at = text.find(start);
    REQUIRE(at != std::string::npos);
    text.replace(at, text.find('\n', at) - at, with);
  };
  std::string members, pairs;
  for (int i = 1; i <= devices; ++i) {
    members += (i > 1 ? ", d" : "d") + std::to_string(i);
    if (i % 2) continue;
    pairs += (i > 2 ? " or " : "");
    pairs += "(v == d" + std::to_string(i) + " and p == d" + std::to_string(i - 1) + ")";
  }
  replace_line("  device: {", "  device: {members: [" + members + "]}");
  replace_line("  \"needs(", "  \"needs(device v, device p)\": " + pairs);
  return text;
}

}  // namespace luproof::checker
