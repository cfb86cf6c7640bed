// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/graph.h"

#include <algorithm>

#include "traces/text/arguments.h"
#include "traces/text/columns.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::size_t kDeepest = 512;      // calls; the kernel stops earlier
constexpr std::size_t kMostTasks = 16384;  // whose open calls are remembered
constexpr std::size_t kIndent = 2;         // blanks a level
constexpr std::size_t kMostCells = 5;

bool is_mark(char c) { return std::string_view("+!#*@$").find(c) != std::string_view::npos; }

// "", "! 770.282 us", "2.720 us": the duration.
bool is_duration(std::string_view cell) {
  cell = trim(cell);
  if (cell.empty()) return true;
  if (is_mark(cell.front())) cell = trim_left(cell.substr(1));
  if (!cell.ends_with(" us")) return false;
  const std::string_view number = trim_right(cell.substr(0, cell.size() - 3));
  return !number.empty() && is_digit(number.front()) &&
         std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// "init-1": the task, whose name may have a '-'.
bool read_task(std::string_view cell, GraphCells& cells) {
  cell = trim(cell);
  const std::size_t dash = cell.rfind('-');
  if (dash == std::string_view::npos) return false;
  const auto pid = number_of<int>(cell.substr(dash + 1));
  if (!pid) return false;
  cells.task = cell.substr(0, dash);
  cells.pid = *pid;
  return true;
}

// "...1." in latency format.
bool is_flags(std::string_view cell) {
  cell = trim(cell);
  return cell.size() >= 4 && cell.size() <= 8 && std::all_of(cell.begin(), cell.end(), is_column);
}

// " 1) ": takes the CPU.
bool take_cpu(std::string_view& rest, GraphCells& cells) {
  std::string_view front = trim_left(rest);
  const auto cpu = number_of<int>(take_while(front, is_digit));
  if (!cpu || *cpu > kMaxCpu || !take(front, ")")) return false;
  cells.cpu = *cpu;
  rest = front;
  return true;
}

std::string_view symbol_at(std::string_view text) { return take_while(text, is_symbol); }

// What may stand in the tree where there is no bar to say that it is one.
bool looks_like_tree(std::string_view tree) {
  const std::string_view text = trim(tree);
  if (text.starts_with("/* ") || text.starts_with("}")) return true;
  if (symbol_at(text).empty()) return false;
  return text.ends_with(");") || text.ends_with(") {") || text.ends_with("*/");
}

// " /* name [module] ret=0x0 */", " /* = -22 */", " /* <-caller+0x24/0x120 */"
bool read_remark(std::string_view rest, TraceLine& line, std::optional<Argument>& returned) {
  rest = trim(rest);
  if (rest.starts_with("(Overruns:")) return true;
  if (rest.empty()) return true;
  if (!take(rest, "/* ") || !rest.ends_with(" */")) return false;
  rest.remove_suffix(3);
  while (!(rest = trim_left(rest)).empty()) {
    const bool named = rest.starts_with("ret=");
    if (named || take(rest, "= ")) {
      if (named) rest.remove_prefix(4);
      const std::string_view value = rest.substr(0, rest.find(' '));
      returned = Argument{"ret", value, argument_number(value)};
      rest.remove_prefix(value.size());
    } else if (take(rest, "<-")) {
      line.caller = symbol_at(rest);
      return true;
    } else if (rest.front() == '[') {
      rest.remove_prefix(std::min(rest.find(']'), rest.size() - 1) + 1);
    } else {
      const std::string_view name = symbol_at(rest);
      if (name.empty()) return false;
      if (line.kind == LineKind::GraphExit) line.function = line.symbol = name;
      rest.remove_prefix(name.size());
    }
  }
  return true;
}

// "f [module](a=0x1, b=2) {" and "f();", each with a remark behind it or not.
void read_call(std::string_view text, TraceLine& line, GraphBody& body) {
  line.kind = LineKind::GraphEntry;
  line.symbol = symbol_at(text);
  std::string_view rest = text.substr(line.symbol.size());
  if (line.symbol.empty()) return;
  if (rest.starts_with("+0x")) rest.remove_prefix(std::min(rest.find_first_of(" ("), rest.size()));
  if (rest.starts_with(" [")) rest.remove_prefix(std::min(rest.find(']'), rest.size() - 1) + 1);
  if (!rest.starts_with('(')) return;
  const std::size_t entry = rest.find(") {");
  const std::size_t leaf = rest.find(");");
  const std::size_t close = std::min(entry, leaf);
  if (close == std::string_view::npos) return;
  body.leaf = leaf < entry;
  const std::string_view list = rest.substr(1, close - 1);
  rest.remove_prefix(close + (body.leaf ? 2 : 3));
  const bool address = line.symbol.starts_with("0x");
  line.function = address ? std::string_view{} : line.symbol;
  if (read_function_arguments(list, line.args) && read_remark(rest, line, body.returned))
    body.result = BodyResult::Event;
}

void read_return(std::string_view rest, TraceLine& line, GraphBody& body) {
  line.kind = LineKind::GraphExit;
  std::optional<Argument> returned;
  if (!read_remark(rest, line, returned)) return;
  if (returned) line.args.push_back(*returned);
  body.result = BodyResult::Event;
}

// The tracer prints other events as comments, and a marker without the name of the event.
void read_comment_event(std::string_view text, TraceLine& line, GraphBody& body) {
  body.comment = true;
  text.remove_prefix(3);
  if (!text.ends_with(" */")) return;
  text.remove_suffix(3);
  std::optional<bool> callers = true;
  body.result = read_body(text, callers, line);
  const bool event =
      body.result == BodyResult::Event && (line.kind != LineKind::Tracepoint || !line.args.empty());
  if (event || body.result == BodyResult::UnknownType) return;
  line.args.clear();
  line.function = line.caller = {};
  line.kind = LineKind::Marker;
  line.symbol = "tracing_mark_write";
  line.text = text;
  body.result = BodyResult::Event;
}

std::int64_t key_of(const TraceLine& line) {
  return line.pid > 0 ? line.pid : -1 - std::int64_t{line.cpu};
}

}  // namespace

bool split_graph(std::string_view line, GraphCells& cells) {
  cells = {};
  std::string_view rest = line;
  bool known = false;  // a column that only this format has
  for (std::size_t cell = 0; cell < kMostCells; ++cell) {
    if (cells.cpu < 0 && take_cpu(rest, cells)) known = true;
    const std::size_t bar = rest.find('|');
    const std::string_view content = rest.substr(0, bar);
    if (bar == std::string_view::npos || (known && looks_like_tree(content))) break;
    rest.remove_prefix(bar + 1);
    if (is_duration(content)) {
      cells.tree = rest;
      known = known || !trim(content).empty();
      return known || looks_like_tree(rest);
    }
    std::string_view time = trim(content);
    Columns columns;
    if (cell == 0 && read_time(time, columns) && columns.time_ns) {
      cells.time_ns = columns.time_ns;
      known = true;
    } else if (cell == 0 && time.ends_with(" us") && is_digit(time.front())) {
      known = true;  // the time since the line before
    } else if (!is_flags(content) && !read_task(content, cells)) {
      return false;
    }
  }
  cells.tree = rest;
  return known && looks_like_tree(rest);
}

std::optional<GraphSwitch> graph_switch(std::string_view line) {
  GraphCells cells;
  std::string_view rest = line;
  if (!take_cpu(rest, cells)) return std::nullopt;
  const std::size_t arrow = rest.find(" => ");
  if (arrow == std::string_view::npos) return std::nullopt;
  if (!read_task(rest.substr(arrow + 4), cells)) return std::nullopt;
  return GraphSwitch{cells.cpu, cells.pid};
}

bool is_graph_ornament(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.size() >= 10 && text.find_first_not_of('-') == std::string_view::npos) return true;
  return line.find("==========> |") != std::string_view::npos ||
         line.find("<========== |") != std::string_view::npos;
}

GraphBody read_tree(std::string_view tree, TraceLine& line) {
  GraphBody body;
  const std::string_view text = trim(tree);
  const std::size_t indent = std::min(tree.find_first_not_of(' '), tree.size());
  body.depth = indent / kIndent;
  line.text = text;
  if (text.starts_with("/* "))
    read_comment_event(text, line, body);
  else if (text.starts_with('}'))
    read_return(text.substr(1), line, body);
  else
    read_call(text, line, body);
  return body;
}

void GraphState::running(int cpu, int pid) {
  if (cpu >= 0 && cpu <= kMaxCpu) running_[cpu] = pid;
}

int GraphState::task_of(int cpu) const {
  const auto found = running_.find(cpu);
  return found == running_.end() ? -1 : found->second;
}

void GraphState::call(const TraceLine& line, std::size_t depth) {
  if (depth >= kDeepest) return;
  if (open_.size() >= kMostTasks) open_.clear();
  std::vector<std::string>& names = open_[key_of(line)];
  if (names.size() <= depth) names.resize(depth + 1);
  names[depth] = line.symbol;
}

std::string_view GraphState::finished(const TraceLine& line, std::size_t depth) {
  const auto found = open_.find(key_of(line));
  name_.clear();
  if (found != open_.end() && depth < found->second.size()) name_.swap(found->second[depth]);
  return name_;
}

}  // namespace luproof::traces::text
