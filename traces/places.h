// SPDX-License-Identifier: GPL-2.0-or-later
// Where events are missing: for each CPU between which of its lines, and in which time.
//
// A mark of loss says only that something is gone. The buffers of the CPUs are filled one by one,
// so what is gone of one CPU lies between the lines of that CPU around the mark, and nowhere else.
// Lines that the reader leaves out make such a stretch longer than it is, never shorter.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "traces/line.h"

namespace luproof::traces {

struct GapPlace {
  int cpu = -1;                      // -1: all, or unknown
  std::int64_t after_line = 0;       // 0: since before the capture
  std::int64_t before_line = 0;      // 0: to behind its end
  std::optional<std::int64_t> from;  // time of these lines, in ns or, with a clock that counts,
  std::optional<std::int64_t> to;    // in its ticks
  bool ticks = false;
};

class Places {
 public:
  // Every line that is read, in the order of the file.
  void see(const TraceLine& line);

  // What the mark of loss in this line stands for.
  std::optional<GapPlace> at_mark(std::int64_t line, int cpu) const;
  // What is missing before the first line of each CPU.
  std::vector<GapPlace> before_first() const;
  // The whole of a CPU: something is missing in it, and nothing says where.
  GapPlace whole(int cpu) const;
  // How many CPUs have lines.
  std::size_t cpus() const { return spans_.size(); }
  // Whether times are those of a clock that counts; and whether what it counts can only be events.
  bool ticks() const { return last_.ticks; }
  bool counts_events() const;

 private:
  struct End {
    std::int64_t line = 0;
    std::optional<std::int64_t> time;
    bool ticks = false;
  };
  struct Span {
    End first, last;
  };
  std::map<int, Span> spans_;  // by CPU
  End first_, last_;           // of any CPU
  std::int64_t events_ = 0;
  std::vector<GapPlace> open_;  // marks whose CPU has had no line since
  std::map<std::pair<std::int64_t, int>, GapPlace> marks_;
};

}  // namespace luproof::traces
