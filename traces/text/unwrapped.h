// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of a text, with what a mailer did to them undone.
//
// A piece of a trace in a mail is quoted with '>' and broken where the mailer's lines end. The
// second half of a broken line looks like damage, and its first half like a whole event with fewer
// arguments. Two halves are put together where only together they read as a strict form of event;
// prose below a trace does not. Only texts that are small and have no header are touched.
#pragma once

#include <optional>
#include <string>

#include "traces/input/lines.h"

namespace luproof::traces::text {

class Unwrapped {
 public:
  explicit Unwrapped(input::BytesPtr bytes);

  std::string_view head() const { return lines_.head(); }
  // As input::Lines.
  bool next(std::string_view& line);
  bool too_long() const { return lines_.too_long(); }
  bool cut() const { return lines_.cut(); }
  const std::string& problem() const { return lines_.problem(); }
  // As input::Lines; nothing where lines may have to be put together.
  std::string_view ahead() { return mail_ ? std::string_view{} : lines_.ahead(); }
  void skip(std::size_t bytes) { lines_.skip(bytes); }
  const char* at() const { return lines_.at(); }
  // How many lines of the file the last one was made of.
  int taken() const { return taken_; }

 private:
  bool take();

  input::Lines lines_;
  bool mail_ = false;  // small, and without a header
  std::string line_;
  std::optional<std::string> ahead_;  // read, and not part of line_
  int taken_ = 1;
};

}  // namespace luproof::traces::text
