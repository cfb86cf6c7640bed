// SPDX-License-Identifier: GPL-2.0-or-later
// Lines that somebody types, with history, or that a script or pipe has.
#pragma once

#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "model/source.h"

namespace luproof::cli {

class LineInput {
 public:
  // "" = standard input.
  LineInput(const std::string& script, model::Diagnostics& diagnostics);
  ~LineInput();

  // Somebody sits at a terminal; else each line is shown as it is read.
  bool interactive() const { return editor_ != nullptr; }
  // The next line may be a while in coming.
  bool waits() const { return !file_.is_open(); }
  // none = the end of the input; a line that was given up by Ctrl-C is empty.
  std::optional<std::string> next(const std::string& prompt);
  // "script:3" of the line that was read last.
  std::string place() const;

 private:
  class Editor;

  std::string name_;
  std::ifstream file_;
  std::unique_ptr<Editor> editor_;
  int line_ = 0;
};

}  // namespace luproof::cli
