// SPDX-License-Identifier: GPL-2.0-or-later
// The output of the function_graph tracer: calls and returns, drawn as a tree.
//
//   165.096588 |   1)     init-1     | ! 770.282 us  |        igb_rar_set_index [igb]() {
//
// Which columns there are depends on options, but each ends with a bar (the CPU with a
// parenthesis), and the last one before the tree is the duration or blank. A return names its
// function only where that was asked for, so the names of the open calls are remembered by depth;
// what was called before the capture began has no name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "traces/line.h"
#include "traces/text/bodies.h"

namespace luproof::traces::text {

struct GraphCells {
  std::optional<std::int64_t> time_ns;
  int cpu = -1;
  int pid = -1;
  std::string_view task;  // cut to 7 characters
  std::string_view tree;  // indentation and call
};

// False if `line` is no line of the tree.
bool split_graph(std::string_view line, GraphCells& cells);

// "  1)    luo-125     =>    luo-126": another task runs on the CPU. The bars around it say
// nothing.
struct GraphSwitch {
  int cpu = -1;
  int pid = -1;
};
std::optional<GraphSwitch> graph_switch(std::string_view line);
// Bars, and the marks of interrupts ("==========> |"): no calls.
bool is_graph_ornament(std::string_view line);

struct GraphBody {
  BodyResult result = BodyResult::Damaged;
  std::size_t depth = 0;
  bool leaf = false;                 // "f();": the call and its return
  bool comment = false;              // another event inside the tree
  std::optional<Argument> returned;  // of a leaf; of a return it is among the arguments
};
// The tree's part of a line, or of an event of trace-cmd: fills kind, symbol, function, args, text.
GraphBody read_tree(std::string_view tree, TraceLine& line);

// Names returns after the calls that are open.
class GraphState {
 public:
  void running(int cpu, int pid);
  // The task of a line that does not name it, -1 if no banner did.
  int task_of(int cpu) const;
  void call(const TraceLine& line, std::size_t depth);
  // The function that returns at this depth, or "".
  std::string_view finished(const TraceLine& line, std::size_t depth);
  // Events of this CPU are missing: what is open on it is not known.
  void forget() { open_.clear(); }

 private:
  std::unordered_map<int, int> running_;                             // CPU -> pid
  std::unordered_map<std::int64_t, std::vector<std::string>> open_;  // task -> names by depth
  std::string name_;
};

}  // namespace luproof::traces::text
