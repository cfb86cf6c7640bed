// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/design/lines.h"

#include <deque>
#include <iterator>
#include <map>
#include <utility>

namespace luproof::traces {
namespace {

constexpr std::size_t kMostLines = 200;

}  // namespace

void quote_lines(DesignVerdict& design, Captures& captures) {
  std::map<std::pair<int, std::int64_t>, std::vector<DesignVerdict::Step*>> wanted;
  for (DesignVerdict::Step& step : design.run)
    if (step.line > 0) wanted[{step.capture, step.line}].push_back(&step);
  if (wanted.empty()) return;
  for (int capture = 0; capture < static_cast<int>(captures.all.size()); ++capture) {
    Journal& journal = captures.all[capture].journal;
    journal.rewind();
    for (TraceLine line; journal.next(line);) {
      const auto found = wanted.find({capture, line.number});
      if (found == wanted.end()) continue;
      for (DesignVerdict::Step* step : found->second) {
        step->quote = line.quote;
        step->time_ns = line.time_ns;
        if (line.pid >= 0) step->task = task_and_pid(line);
      }
    }
  }
}

void list_lines(DesignVerdict& design, Captures& captures, const DesignJudge& judge) {
  std::deque<DesignVerdict::Step> last;
  bool reached = false;
  for (int capture = 0; capture <= design.capture && !reached; ++capture) {
    Journal& journal = captures.all[capture].journal;
    journal.rewind();
    for (TraceLine line; journal.next(line);) {
      reached = capture == design.capture && line.number > design.line;
      if (reached) break;
      const std::string_view symbol = captures.binding->symbol_of(line);
      if (symbol.empty() || !judge.wants(symbol)) continue;
      DesignVerdict::Step step;
      step.text = symbol;
      step.line = line.number;
      step.file = captures.all[capture].path;
      step.capture = capture;
      step.quote = line.quote;
      step.time_ns = line.time_ns;
      step.actor = line.pid >= 0 ? task_and_pid(line) : "nobody named";
      last.push_back(std::move(step));
      if (last.size() > kMostLines) last.pop_front();
    }
  }
  design.lines.assign(std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
}

}  // namespace luproof::traces
