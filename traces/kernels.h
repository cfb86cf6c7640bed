// SPDX-License-Identifier: GPL-2.0-or-later
// Which binding a kernel's lines are read with: specs/kernels.yaml.
//
// What a function of the kernel means changes with the kernel. A file that names its kernel is
// read with the binding of that generation; one that does not, with the first of the list, and
// that is said.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/source.h"

namespace luproof::traces {

using Release = std::pair<int, int>;  // 7.3

// "7.3.4+deb13-amd64"
std::optional<Release> read_release(std::string_view text);

struct KernelRange {
  Release from;
  std::optional<Release> below;
  Release tried;                          // the newest that the binding was held to
  std::string binding;                    // a file of specs/bindings, without its end
  std::string design;                     // a file of specs/designs, without its end; "" = none
  std::vector<std::string> design_where;  // how a function of the design's code begins

  bool holds(const Release& release) const {
    return release >= from && (!below || release < *below);
  }
  // Whether the function belongs to the code that the design is about.
  bool of_design(std::string_view function) const;
};

// Empty after an error.
std::vector<KernelRange> read_kernels(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics);

}  // namespace luproof::traces
