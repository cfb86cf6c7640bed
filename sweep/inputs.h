// SPDX-License-Identifier: GPL-2.0-or-later
// The files that a plan leads to, and the hash of them all.
#pragma once

#include <set>
#include <string>

#include "model/compose.h"

namespace luproof::sweep {

class Inputs {
 public:
  explicit Inputs(model::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // A spec with all that it uses, and the dumps that they take their topologies from.
  void add(const model::Composition& composition);
  // A file as it lies there; "" is none.
  void add_file(const std::string& path);
  // All YAML below a folder, by their names in it.
  void add_folder(const std::string& folder);
  // A fact that the result depends on although it is in no file.
  void add_text(const std::string& label, const std::string& text);

  std::string hash() const;

 private:
  void dumps(const model::Document& document, const model::YamlNode& holder);
  void add_file(const std::string& label, const std::string& path);

  model::Diagnostics& diagnostics_;
  std::set<std::string> lines_;  // sorted: in which order they are found does not matter
  std::set<std::string> seen_;
};

}  // namespace luproof::sweep
