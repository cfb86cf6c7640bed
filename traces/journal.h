// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of a capture that matter, to be gone through again.
//
// What a capture means depends on all of it: which functions exist, whether a symbol was probed,
// whether events were lost. So it is read once, and the few lines that can have a meaning are kept,
// in memory while they are few and on disk when they are many. Everything else only counts.
#pragma once

#include <string>

#include "traces/input/spool.h"
#include "traces/line_copy.h"

namespace luproof::traces {

class Journal {
 public:
  void add(const TraceLine& line);
  // Goes through from the start; `line` lives until the next call.
  void rewind() { at_ = 0; }
  bool next(TraceLine& line);

  std::int64_t size() const { return lines_; }
  // Why lines could not be kept; empty if they were.
  const std::string& problem() const { return problem_; }

 private:
  std::string memory_;      // the end of the journal; all of it while there is no file
  input::RandomFile file_;  // what came before
  std::uint64_t at_ = 0;
  std::int64_t lines_ = 0;
  std::string packed_;
  std::string block_;  // of the file, read ahead
  std::uint64_t block_at_ = 0;
  std::string problem_;

  bool bytes(std::uint64_t at, std::size_t size, std::string_view& found);
};

}  // namespace luproof::traces
