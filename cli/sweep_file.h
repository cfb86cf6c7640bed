// SPDX-License-Identifier: GPL-2.0-or-later
// The file that the results of a sweep are added to.
//
// Machines crash while they write. So a line is added with one write and brought to the disk before
// the next task begins; what a crash has left behind the last line end is taken away when the file
// is opened again, and the task is run again.
#pragma once

#include <string>

#include "report/sweep_line.h"

namespace luproof::cli {

class SweepFile {
 public:
  SweepFile() = default;
  ~SweepFile();
  SweepFile(const SweepFile&) = delete;
  SweepFile& operator=(const SweepFile&) = delete;

  struct Held {
    model::SourcePtr source;
    report::SweepLines lines;
  };
  // "" is standard output, which keeps nothing. Returns what the file holds; it is locked until the
  // end, since a job that was started anew may overlap with its predecessor.
  Held open(const std::string& path, model::Diagnostics& diagnostics);
  // False if it could not be written; the file then ends where it did before.
  bool add(const std::string& line);

 private:
  int file_ = -1;
};

}  // namespace luproof::cli
