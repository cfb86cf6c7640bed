// SPDX-License-Identifier: GPL-2.0-or-later
// Writes down what an observer makes of each line: who, what, by which rule, and the values that it
// changes.
//
// It is on only where a report draws the lines, in a second reading that knows already which lines
// matter. A capture may have a million steps and a page cannot; so what is far from those lines
// becomes one step that stands for many, with all that they changed: states stay right.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/model.h"
#include "traces/binding.h"
#include "traces/knowledge.h"
#include "traces/timeline.h"

namespace luproof::traces {

class Recorder {
 public:
  struct Room {
    std::size_t steps = 1200;       // all of them are kept if they are no more
    std::size_t around = 100;       // steps kept on both sides of a line that matters
    std::size_t changes = 300'000;  // of all steps together
  };
  using LineKey = std::pair<int, std::int64_t>;  // capture, line

  // `matter`: the lines that verdicts name. `expected`: how many steps there will be, about.
  Recorder(const model::Model& model, const model::Layout& layout, const Binding& binding,
           std::set<LineKey> matter, std::int64_t expected, const Room& room);
  Recorder(const model::Model& model, const model::Layout& layout, const Binding& binding,
           std::set<LineKey> matter, std::int64_t expected)
      : Recorder(model, layout, binding, std::move(matter), expected, Room{}) {}

  // The values before the first line.
  void start(const Knowledge& state);
  // Of what follows.
  void where(int capture, int kernel, const std::string& file);
  // A step that goes on until the next one begins, or `close`. `line` may be none.
  void open(const TraceLine* line, const Knowledge& state, std::string text);
  bool is_open() const { return open_.has_value(); }
  void name(std::string text, std::string note = {});
  void rule(int meaning, int event, int function);
  void kexec() { open_->kexec = true; }
  void remark(std::string text) { open_->remarks.push_back(std::move(text)); }
  void breaks(std::string text) { open_->breaks.push_back(std::move(text)); }
  void close(const Knowledge& state);
  // A step that turned out to be none.
  void close_if_changed(const Knowledge& state);

  Timeline finish(std::string stopped);

 private:
  struct Slot {
    int slot;
    std::string name;
    std::vector<int> of;
  };
  void list_slots();
  int rule_number(int meaning, int event);
  std::string text_of(const Slot& slot, const Known& known) const;
  void add(Timeline::Step step);
  void keep(Timeline::Step step);
  void fold(const Timeline::Step& step);
  void end_fold();

  const model::Model& model_;
  const model::Layout& layout_;
  const Binding& binding_;
  const std::set<LineKey> matter_;
  const Room room_;
  bool everything_;
  std::vector<Slot> slots_;
  Knowledge shown_;  // after the last step
  std::optional<Timeline::Step> open_;
  std::deque<Timeline::Step> waiting_;  // may still stand before a line that matters
  std::size_t after_;                   // steps to keep behind one
  std::size_t changes_ = 0;
  std::optional<Timeline::Step> folded_;
  std::map<int, std::string> folded_to_;
  std::map<std::pair<int, int>, int> rules_;
  std::pair<int, int> rule_{-1, -1};  // of the open step: meaning, event
  int capture_ = 0, kernel_ = 1;
  std::string file_;
  Timeline out_;
};

}  // namespace luproof::traces
