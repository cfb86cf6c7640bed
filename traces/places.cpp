// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/places.h"

#include <algorithm>

namespace luproof::traces {

namespace {
constexpr std::size_t kMostMarks = 1000;
}

void Places::see(const TraceLine& line) {
  if (line.kind == LineKind::Lost) {
    if (marks_.size() >= kMostMarks) return;
    const auto span = spans_.find(line.cpu);
    const End& before = line.cpu < 0 ? last_ : span != spans_.end() ? span->second.last : End{};
    GapPlace place{line.cpu, before.line, 0, before.time, std::nullopt, before.ticks};
    marks_[{line.number, line.cpu}] = place;
    place.after_line = line.number;  // of the mark, until its CPU goes on
    open_.push_back(place);
    return;
  }
  if (!line.time_ns && !line.ticks) return;
  const End now{line.number, line.time_ns ? line.time_ns : line.ticks, !line.time_ns};
  for (std::size_t i = 0; i < open_.size();) {
    const GapPlace& mark = open_[i];
    if (mark.cpu >= 0 && mark.cpu != line.cpu) {
      ++i;
      continue;
    }
    GapPlace& place = marks_[{mark.after_line, mark.cpu}];
    place.before_line = now.line;
    place.to = now.time;
    place.ticks = now.ticks;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (events_++ == 0) first_ = now;
  last_ = now;
  if (line.cpu < 0) return;
  const auto [span, first] = spans_.try_emplace(line.cpu);
  if (first) span->second.first = now;
  span->second.last = now;
}

std::optional<GapPlace> Places::at_mark(std::int64_t line, int cpu) const {
  const auto found = marks_.find({line, cpu});
  return found == marks_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<GapPlace> Places::before_first() const {
  std::vector<GapPlace> all;
  for (const auto& [cpu, span] : spans_)
    all.push_back({cpu, 0, span.first.line, std::nullopt, span.first.time, span.first.ticks});
  return all;
}

bool Places::counts_events() const {
  constexpr std::int64_t kFewTicks = 100;  // no processor writes an event in less
  return last_.ticks && events_ > 1 && first_.time && last_.time &&
         *last_.time - *first_.time < events_ * kFewTicks;
}

GapPlace Places::whole(int cpu) const {
  const auto span = spans_.find(cpu);
  if (span == spans_.end()) return {cpu, 0, 0, std::nullopt, std::nullopt, false};
  const auto& [first, last] = span->second;
  return {cpu, 0, 0, first.time, last.time, first.ticks};
}

}  // namespace luproof::traces
