// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/retrial.h"

#include <algorithm>
#include <map>

#include "traces/line_copy.h"

namespace luproof::traces {

Retrial::Retrial(std::vector<Capture>& captures, Judge judge, Feed after, std::int64_t budget)
    : captures_(captures), judge_(std::move(judge)), after_(std::move(after)), budget_(budget) {
  for (const Capture& each : captures_) lines_ += each.journal.size();
}

std::optional<TraceVerdict> Retrial::judge(const std::vector<Change>& changes) {
  if (lines_ >= budget_) {
    spent_ = true;
    return std::nullopt;
  }
  budget_ -= lines_ + 1;
  return judge_([&](Observer& observer) {
    for (int c = 0; c < captures(); ++c) feed(c, changes, observer);
    after_(observer);
  });
}

void Retrial::each(int capture, const std::function<bool(std::int64_t, const TraceLine&)>& look) {
  Journal& journal = captures_[capture].journal;
  journal.rewind();
  TraceLine line;
  for (std::int64_t i = 0; journal.next(line); ++i)
    if (!look(i, line)) return;
}

void Retrial::feed(int capture, const std::vector<Change>& changes, Observer& observer) {
  std::map<std::int64_t, std::optional<OwnedLine>> moved;  // by where they were; none: left out
  std::multimap<std::int64_t, std::int64_t> arriving;      // where they go -> where they were
  std::int64_t last = -1;
  for (const Change& change : changes) {
    if (change.capture != capture) continue;
    moved[change.index] = std::nullopt;
    if (change.before) arriving.emplace(*change.before, change.index);
    last = std::max(last, change.before ? change.index : -1);
  }
  if (last >= 0)
    each(capture, [&](std::int64_t i, const TraceLine& line) {
      if (const auto found = moved.find(i); found != moved.end()) found->second.emplace(line);
      return i < last;
    });
  observer.begin(captures_[capture].path, captures_[capture].health, &captures_[capture].places);
  std::int64_t place = 0, end = 0;
  const auto arrive = [&](std::int64_t at) {
    const auto [from, to] = arriving.equal_range(at);
    for (auto it = from; it != to; ++it)
      if (const auto& line = moved[it->second]) observer.line(line->line(), place);
  };
  each(capture, [&](std::int64_t i, const TraceLine& line) {
    place = line.number;
    end = i + 1;
    arrive(i);
    if (moved.find(i) == moved.end()) observer.line(line, place);
    return true;
  });
  arrive(end);
  observer.end();
}

}  // namespace luproof::traces
