// SPDX-License-Identifier: GPL-2.0-or-later
// The door to this folder: from a file to a typed model.
//
//   Diagnostics diagnostics;
//   auto model = luproof::model::load("specs/designs/idpf-lpc2025.yaml", options, diagnostics);
//   if (!model) std::cerr << diagnostics.render();
#pragma once

#include "model/compose.h"

namespace luproof::model {

// One way to read a file: a variant and an alternative for every open choice.
struct Reading {
  std::string variant;
  std::map<std::string, std::string> choices;
  std::string later = {};  // the variant that later kernels are (docs/matrix.md); "": the same
};

// Every reading of a file that `check` runs: its variants (or itself), times the alternatives of
// the choices that are open. At most 256. nullopt after an error.
std::optional<std::vector<Reading>> readings(const std::string& path, const LoadOptions& options,
                                             Diagnostics& diagnostics);

// The readings of the pairs that the `matrix:` of a file holds to verdicts, without those of one
// variant with itself; none without such a section. nullopt after an error.
std::optional<std::vector<Reading>> pairs(const std::string& path, const LoadOptions& options,
                                          Diagnostics& diagnostics);

// The typed model of one reading. Choices that stay open have Choice::selected -1.
std::optional<Model> load(const std::string& path, const LoadOptions& options,
                          Diagnostics& diagnostics);

}  // namespace luproof::model
