// SPDX-License-Identifier: GPL-2.0-or-later
// Every reading of every spec that is shipped.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "model/load.h"

namespace luproof {

inline std::vector<std::string> shipped_specs() {
  const std::filesystem::path specs(LUPROOF_SOURCE_SPECS);
  std::vector<std::string> files = {(specs.parent_path() / "docs/tutorial/first.yaml").string()};
  for (const char* folder : {"designs", "cases", "checks", "questions"})
    for (const auto& entry : std::filesystem::directory_iterator(specs / folder))
      if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

// Calls visit(file, reading, options to load it with) for one reading of `every`; how many there
// were. Sanitizers are slow, and a sample of the readings runs through all of the code.
template <typename Visit>
int each_reading(const Visit& visit, int every = 1) {
#ifdef __SANITIZE_ADDRESS__
  every *= 4;
#endif
  int count = 0;
  for (const std::string& file : shipped_specs()) {
    model::Diagnostics diagnostics;
    model::LoadOptions options;
    options.specs = LUPROOF_SOURCE_SPECS;
    const auto readings = model::readings(file, options, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(readings);
    for (const model::Reading& reading : *readings) {
      if (count++ % every != 0) continue;
      model::LoadOptions with = options;
      with.variant = reading.variant;
      std::string choices;
      for (const auto& [name, alternative] : reading.choices) {
        with.choose[name] = alternative;
        choices += " " + name + "=" + alternative;
      }
      INFO(file << ":" << reading.variant << choices);
      visit(file, reading, with);
    }
  }
  return count;
}

}  // namespace luproof
