// SPDX-License-Identifier: GPL-2.0-or-later
// The C files of a Linux source tree, read one at a time.
//
// A tree is somebody else's: links are not followed out of it, what is no plain file or larger than
// any source is passed over.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace luproof::kernel {

// Nothing but letters, digits and "_./+-,": no path of the kernel has more.
bool plain_path(std::string_view path);

class Tree {
 public:
  // nullopt, with an error: the folder holds no Linux tree.
  static std::optional<Tree> open(const std::string& folder, model::Diagnostics& diagnostics);

  const std::string& folder() const { return folder_; }
  const std::string& release() const { return release_; }  // "7.3.4"

  // nullptr: there is no such file in the tree. `file` is relative to it.
  model::SourcePtr read(const std::string& file) const;
  // The *.c and *.h files below these folders, sorted.
  std::vector<std::string> sources(const std::vector<std::string>& folders) const;

 private:
  std::string folder_, release_;
};

// How many files of how many were read; false: enough, with what is known.
using Progress = std::function<bool(std::size_t done, std::size_t of)>;

}  // namespace luproof::kernel
