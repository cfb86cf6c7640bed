// SPDX-License-Identifier: GPL-2.0-or-later
// What the functions of one kernel looked like that rules rest on: specs/fingerprints/KERNEL.yaml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/citations.h"
#include "kernel/tree.h"

namespace luproof::kernel {

struct Fingerprint {
  std::string function, file;
  std::uint64_t hash = 0;
};

struct Fingerprints {
  std::string kernel, release;
  std::vector<Fingerprint> functions;  // by name, then file
  // Cited with a place or by name, and not in the tree; "file:function" or "function".
  std::vector<std::string> absent;
};

// The folders that functions are looked for in, of a YAML file with one list, `folders:`.
std::vector<std::string> read_folders(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics);

std::optional<Fingerprints> read_fingerprints(const model::SourcePtr& source,
                                              model::Diagnostics& diagnostics);
std::string to_yaml(const Fingerprints& fingerprints);

// Looks for every cited function: where its `at:` says, or in all files of the folders, those of
// headers only if no *.c file has it.
std::optional<Fingerprints> record(const Tree& tree, const std::vector<std::string>& folders,
                                   const Citations& citations, const std::string& kernel,
                                   const Progress& progress);

}  // namespace luproof::kernel
