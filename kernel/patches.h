// SPDX-License-Identifier: GPL-2.0-or-later
// A series of patches: an mbox, a patch, or a folder of them, and what each changes in which file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::kernel {

struct Hunk {
  int old_start = 0, new_start = 0;
  std::string hint;                // what stands behind the second @@
  std::vector<std::string> lines;  // each with its ' ', '+' or '-'
};

struct FileChange {
  std::string old_path, new_path;  // "" = none: the file is new, or goes
  std::vector<Hunk> hunks;
  const std::string& path() const { return new_path.empty() ? old_path : new_path; }
};

struct Patch {
  int number = 0;  // of "[PATCH v2 3/9]"; else its place
  std::string subject;
  std::vector<FileChange> files;
};

struct Series {
  std::string title;  // of the cover letter, else of the first patch
  std::vector<Patch> patches;
};

// The changes of one text; lines that are no diff are passed over.
std::vector<FileChange> read_diff(const std::string& text);

// nullopt, with an error: it cannot be read, or holds no diff.
std::optional<Series> read_series(const std::string& path, model::Diagnostics& diagnostics);

}  // namespace luproof::kernel
