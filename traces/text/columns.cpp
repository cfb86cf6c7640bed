// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/columns.h"

#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::size_t kTaskWidth = 16;
constexpr std::size_t kShortTaskWidth = 8;  // in latency format
constexpr std::size_t kMaxPidDigits = 10;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kMaxSeconds = INT64_MAX / kNsPerSecond - 1;

bool read_point_time(std::string_view token, Columns& columns) {
  const std::size_t point = token.find('.');
  const auto whole = number_of<std::int64_t>(token.substr(0, point));
  if (!whole || *whole < 0) return false;
  columns.time_ns.reset();
  columns.ticks.reset();
  if (point == std::string_view::npos) {
    columns.ticks = whole;
    return true;
  }
  const std::string_view digits = token.substr(point + 1);
  if (digits.empty() || digits.size() > 9 || *whole > kMaxSeconds) return false;
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    if (i < digits.size() && !is_digit(digits[i])) return false;
    fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  columns.time_ns = *whole * kNsPerSecond + fraction;
  return true;
}

// "[000] ...1.   137.692973: body", the flags being optional and of the width of the kernel.
bool read_cpu_and_time(std::string_view rest, Columns& columns) {
  if (!take(rest, "[")) return false;
  const std::string_view cpu = take_while(rest, is_digit);
  const auto number = cpu.size() <= kMaxPidDigits ? number_of<int>(cpu) : std::nullopt;
  if (!number || *number > kMaxCpu || !take(rest, "] ")) return false;
  rest = trim_left(rest);
  std::string_view token = take_while(rest, is_column);
  if (rest.starts_with(' ')) {
    if (token.size() < 4 || token.size() > 8) return false;
    rest = trim_left(rest);
    token = take_while(rest, is_column);
  }
  if (!take(rest, ":") || !read_point_time(token, columns)) return false;
  columns.cpu = *number;
  take(rest, " ");
  columns.body = rest;
  return true;
}

// After the '-': "1       (  1234) [000] ...". The thread group is there with `record-tgid`.
bool read_from_pid(std::string_view rest, Columns& columns) {
  const std::string_view pid = take_while(rest, is_digit);
  const auto number = pid.size() <= kMaxPidDigits ? number_of<int>(pid) : std::nullopt;
  if (!number || !rest.starts_with(' ')) return false;
  rest = trim_left(rest);
  if (take(rest, "(")) {
    rest = trim_left(rest);
    take_while(rest, [](char c) { return is_digit(c) || c == '-'; });
    if (!take(rest, ") ")) return false;
  }
  if (!read_cpu_and_time(rest, columns)) return false;
  columns.pid = *number;
  return true;
}

// Where the pid before the '[' of the CPU starts: back over the thread group, then the digits.
std::optional<std::size_t> pid_before(std::string_view line, std::size_t bracket) {
  std::string_view front = trim_right(line.substr(0, bracket));
  if (front.ends_with(')')) {
    const std::size_t group = front.rfind('(');
    if (group == std::string_view::npos || front.size() - group > kMaxPidDigits + 2)
      return std::nullopt;
    front = trim_right(front.substr(0, group));
  }
  std::size_t start = front.size();
  while (start > 0 && front.size() - start <= kMaxPidDigits && is_digit(front[start - 1])) --start;
  if (start == front.size() || start == 0 || front[start - 1] != '-') return std::nullopt;
  return start;
}

// A name as it stands in a line that was quoted or indented.
std::string_view unquoted(std::string_view task) {
  while (!task.empty() && (task.front() == '>' || task.front() == '|' || task.front() == ' ' ||
                           task.front() == '\t'))
    task.remove_prefix(1);
  return task;
}

// "620167us+: body", "1813.251927: body"
bool read_latency_time(std::string_view rest, Columns& columns) {
  const std::string_view token = take_while(rest, [](char c) { return is_digit(c) || c == '.'; });
  if (!read_point_time(token, columns)) return false;
  if (take(rest, "us")) {
    const std::int64_t most = INT64_MAX / 1000;
    if (!columns.ticks || *columns.ticks > most) return false;
    columns.time_ns = *columns.ticks * 1000;
    columns.ticks.reset();
    if (rest.empty() || std::string_view(" +!#*@$").find(rest.front()) == std::string_view::npos)
      return false;
    rest.remove_prefix(1);
  }
  if (!take(rest, ":")) return false;
  take(rest, " ");
  columns.body = rest;
  return true;
}

// "23684     1...1. 193335us+: body", after the name and its '-'.
bool read_latency(std::string_view rest, Columns& columns) {
  const std::string_view pid = take_while(rest, is_digit);
  const auto number = pid.size() <= kMaxPidDigits ? number_of<int>(pid) : std::nullopt;
  if (!number || !rest.starts_with(' ')) return false;
  rest = trim_left(rest);
  std::string_view flags = take_while(rest, is_column);
  const std::string_view cpu = take_while(flags, is_digit);
  const auto on = cpu.size() <= 4 ? number_of<int>(cpu) : std::nullopt;
  if (!on || *on > kMaxCpu || flags.size() < 4 || flags.size() > 8 || !rest.starts_with(' '))
    return false;
  if (!read_latency_time(trim_left(rest), columns)) return false;
  columns.pid = *number;
  columns.cpu = *on;
  return true;
}

// Takes a number in `base` and the blanks before it.
std::optional<std::int64_t> take_number(std::string_view& rest, int base) {
  rest = trim_left(rest);
  const std::string_view token =
      take_while(rest, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  return number_of<std::int64_t>(token, base);
}

}  // namespace

bool read_time(std::string_view token, Columns& columns) { return read_point_time(token, columns); }

bool split_latency(std::string_view line, Columns& columns) {
  columns = {};
  if (line.size() > kShortTaskWidth && line[kShortTaskWidth] == '-' &&
      read_latency(line.substr(kShortTaskWidth + 1), columns)) {
    columns.task = trim_left(line.substr(0, kShortTaskWidth));
    return true;
  }
  columns.searched = true;
  for (std::size_t at = line.find('-'); at != std::string_view::npos; at = line.find('-', at + 1)) {
    if (!read_latency(line.substr(at + 1), columns)) continue;
    columns.task = unquoted(line.substr(0, at));
    return true;
  }
  return false;
}

bool split_verbose(std::string_view line, Columns& columns) {
  columns = {};
  if (line.size() <= kTaskWidth || line[kTaskWidth] != ' ') return false;
  std::string_view rest = line.substr(kTaskWidth);
  const auto pid = take_number(rest, 10);
  const auto cpu = take_number(rest, 10);
  if (!pid || !cpu || *pid > INT32_MAX || *cpu > kMaxCpu) return false;
  for (int word = 0; word < 3; ++word)
    if (!take_number(rest, 16)) return false;
  if (!take(rest, " [") || !take_number(rest, 16) || !take(rest, "] ")) return false;
  const auto milliseconds = take_number(rest, 10);
  if (!milliseconds || *milliseconds > INT64_MAX / 2'000'000 || !take(rest, ".")) return false;
  const auto microseconds = take_number(rest, 10);
  const std::size_t end = rest.find("ms): ");
  if (!microseconds || *microseconds > 999 || !rest.starts_with("ms (+") ||
      end == std::string_view::npos)
    return false;
  columns.time_ns = *milliseconds * 1'000'000 + *microseconds * 1000;
  columns.pid = static_cast<int>(*pid);
  columns.cpu = static_cast<int>(*cpu);
  columns.task = trim_left(line.substr(0, kTaskWidth));
  columns.body = rest.substr(end + 5);
  return true;
}

bool split_perf(std::string_view line, Columns& columns) {
  for (std::size_t at = line.find(": "); at != std::string_view::npos;
       at = line.find(": ", at + 1)) {
    columns = {};
    const std::size_t start = line.rfind(' ', at) + 1;
    if (start == 0 || !read_point_time(line.substr(start, at - start), columns) || columns.ticks)
      continue;
    std::string_view front = trim_right(line.substr(0, start));
    if (front.ends_with(']')) {
      const std::size_t open = front.rfind('[');
      if (open == std::string_view::npos) continue;
      const auto cpu = number_of<int>(front.substr(open + 1, front.size() - open - 2));
      if (!cpu || *cpu < 0 || *cpu > kMaxCpu) continue;
      columns.cpu = *cpu;
      front = trim_right(front.substr(0, open));
    }
    const std::size_t blank = front.rfind(' ');
    std::string_view who = front.substr(blank + 1);
    columns.task = trim(front.substr(0, blank == std::string_view::npos ? 0 : blank));
    if (const std::size_t slash = who.find('/'); slash != std::string_view::npos)
      who.remove_prefix(slash + 1);
    const auto pid = number_of<int>(who);
    if (!pid || *pid < 0) continue;
    columns.pid = *pid;
    std::string_view rest = trim_left(line.substr(at + 2));
    // A sample's period stands before the event.
    std::string_view after = rest;
    if (!take_while(after, is_digit).empty() && after.starts_with(' ')) rest = trim_left(after);
    std::string_view name = rest;
    const std::string_view group = take_while(name, is_symbol);
    if (take(name, ":") && !name.starts_with(' ') && name.find(':') != std::string_view::npos) {
      columns.group = group;
      rest = name;
    }
    columns.body = rest;
    return true;
  }
  return false;
}

bool split_columns(std::string_view line, Columns& columns) {
  columns.searched = false;
  if (line.size() > kTaskWidth && line[kTaskWidth] == '-' &&
      read_from_pid(line.substr(kTaskWidth + 1), columns)) {
    columns.task = trim_left(line.substr(0, kTaskWidth));
    return true;
  }
  columns.searched = true;
  for (std::size_t at = line.find(" ["); at != std::string_view::npos;
       at = line.find(" [", at + 1)) {
    Columns found;
    if (!read_cpu_and_time(line.substr(at + 1), found)) continue;
    const auto pid = pid_before(line, at + 1);
    if (!pid || !read_from_pid(line.substr(*pid), columns)) continue;
    columns.task = unquoted(line.substr(0, *pid - 1));
    return true;
  }
  return false;
}

}  // namespace luproof::traces::text
