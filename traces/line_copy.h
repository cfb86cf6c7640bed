// SPDX-License-Identifier: GPL-2.0-or-later
// Lines that outlive their reader's buffer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/line.h"

namespace luproof::traces {

// Everything a line states, in bytes; and back. The views of an unpacked line point into `packed`,
// which has to be what pack_line wrote.
void pack_line(const TraceLine& line, std::string& packed);
void unpack_line(std::string_view packed, TraceLine& line);

// A line with the text that its views point into.
class OwnedLine {
 public:
  OwnedLine() = default;
  explicit OwnedLine(const TraceLine& line);
  const TraceLine& line() const { return line_; }

 private:
  std::shared_ptr<const std::string> packed_;
  TraceLine line_;
};

}  // namespace luproof::traces
