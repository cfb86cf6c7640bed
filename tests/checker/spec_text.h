// SPDX-License-Identifier: GPL-2.0-or-later
// The model of a spec that a test writes itself.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "model/load.h"

namespace luproof::checker {

// A spec that is there as long as this is.
class SpecFile {
 public:
  explicit SpecFile(const std::string& text) {
    char name[] = "/tmp/luproof-spec-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    close(file);
    std::ofstream(name) << text;
    path = name;
  }
  ~SpecFile() { std::filesystem::remove(path); }
  SpecFile(const SpecFile&) = delete;
  SpecFile& operator=(const SpecFile&) = delete;

  std::string path;
};

inline std::optional<model::Model> load_text(const std::string& text) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  auto model = model::load(file.path, {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(model);
  return model;
}

}  // namespace luproof::checker
