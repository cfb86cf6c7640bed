// SPDX-License-Identifier: GPL-2.0-or-later
// docs/seeds.md says for each claim and question of the seed documents which spec carries it. A
// table that points to a spec which has been renamed sends a reader nowhere.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "model/load.h"

namespace luproof {
namespace {

// The texts between backquotes of the second column of the tables: NAME or NAME:VARIANT.
std::vector<std::string> named_specs() {
  const auto root = std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path();
  std::ifstream in(root / "docs/seeds.md");
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("|", 0) != 0) continue;
    const std::size_t first = line.find('|', 1);
    const std::size_t second = first == std::string::npos ? first : line.find('|', first + 1);
    if (second == std::string::npos) continue;
    const std::string column = line.substr(first, second - first);
    for (std::size_t open = column.find('`'); open != std::string::npos;) {
      const std::size_t close = column.find('`', open + 1);
      if (close == std::string::npos) break;
      names.push_back(column.substr(open + 1, close - open - 1));
      open = column.find('`', close + 1);
    }
  }
  return names;
}

std::optional<std::string> file_of(const std::string& name) {
  for (const char* folder : {"designs", "cases", "questions", "checks"}) {
    const auto path = std::filesystem::path(LUPROOF_SOURCE_SPECS) / folder / (name + ".yaml");
    if (std::filesystem::exists(path)) return path.string();
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("every spec that the table of the seeds names exists", "[specs]") {
  const auto names = named_specs();
  CHECK(names.size() >= 30);
  for (const std::string& name : names) {
    INFO(name);
    const std::size_t colon = name.find(':');
    const auto file = file_of(name.substr(0, colon));
    REQUIRE(file);
    if (colon == std::string::npos) continue;
    model::Diagnostics diagnostics;
    model::LoadOptions options;
    options.specs = LUPROOF_SOURCE_SPECS;
    const auto readings = model::readings(*file, options, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(readings);
    const std::string variant = name.substr(colon + 1);
    CHECK(std::any_of(readings->begin(), readings->end(),
                      [&](const model::Reading& reading) { return reading.variant == variant; }));
  }
}

}  // namespace luproof
