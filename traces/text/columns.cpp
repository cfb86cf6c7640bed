// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text_reader_columns.h"

#include "traces/text_reader_scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::size_t kTaskWidth = 16;
constexpr std::size_t kMaxPidDigits = 10;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kMaxSeconds = INT64_MAX / kNsPerSecond - 1;

// "137.692973" (s.µs), "137.692973001" (s.ns) or "4356856512308" (a count).
bool read_time(std::string_view token, Columns& columns) {
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
  if (!take(rest, ":") || !read_time(token, columns)) return false;
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

}  // namespace

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
    columns.task = trim_left(line.substr(0, *pid - 1));
    return true;
  }
  return false;
}

}  // namespace luproof::traces::text
