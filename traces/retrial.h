// SPDX-License-Identifier: GPL-2.0-or-later
// The same captures again with a line left out or moved: what would have been said then?
//
// Two questions are answered by asking the observer itself instead of reasoning about it: whether
// a violation depends on an order of lines that the clock does not tell, and what would have to be
// different for there to be none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "traces/captures.h"
#include "traces/observer.h"

namespace luproof::traces {

// Of the line at `index` of the journal of one capture.
struct Change {
  int capture = 0;
  std::int64_t index = 0;
  std::optional<std::int64_t> before;  // moved to before this one; none: left out
};

class Retrial {
 public:
  using Feed = std::function<void(Observer&)>;
  using Judge = std::function<TraceVerdict(const Feed&)>;

  // `judge` gives what an observer says, `after` what follows the last capture. At most `budget`
  // lines are judged in all.
  Retrial(std::vector<Capture>& captures, Judge judge, Feed after, std::int64_t budget);

  // nullopt: there is no budget left.
  std::optional<TraceVerdict> judge(const std::vector<Change>& changes);
  // Goes through a capture until `look` says false.
  void each(int capture, const std::function<bool(std::int64_t, const TraceLine&)>& look);
  bool spent() const { return spent_; }
  int captures() const { return static_cast<int>(captures_.size()); }
  const Capture& capture(int number) const { return captures_[number]; }

 private:
  void feed(int capture, const std::vector<Change>& changes, Observer& observer);

  std::vector<Capture>& captures_;
  Judge judge_;
  Feed after_;
  std::int64_t budget_;
  std::int64_t lines_ = 0;  // of all captures
  bool spent_ = false;
};

}  // namespace luproof::traces
