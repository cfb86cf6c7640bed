// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/log.h"

#include <algorithm>
#include <array>

#include "model/topology.h"
#include "traces/text/columns.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "};
constexpr std::array<std::string_view, 7> kDays = {"Mon ", "Tue ", "Wed ", "Thu ",
                                                   "Fri ", "Sat ", "Sun "};

template <std::size_t N>
bool starts_with_one(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

// Terminals get colours and cursor movements: "\x1b[0m", "\r".
void skip_control(std::string_view& rest) {
  for (;;) {
    if (take(rest, "\r")) continue;
    if (!rest.starts_with("\x1b[")) return;
    std::size_t end = 2;
    while (end < rest.size() && (is_digit(rest[end]) || rest[end] == ';' || rest[end] == '?'))
      ++end;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

// "<0>", "<14>"
bool take_level(std::string_view& rest) {
  if (!rest.starts_with('<')) return false;
  const std::size_t end = rest.find('>');
  if (end < 2 || end > 4 || !std::all_of(rest.begin() + 1, rest.begin() + end, is_digit))
    return false;
  rest.remove_prefix(end + 1);
  return true;
}

// "[   12.345678]", "[Thu Nov 20 15:01:02 2026]", and the "[    C2]" or "[  T123]" behind it.
bool take_brackets(std::string_view& rest, LogPrefix& prefix) {
  if (!rest.starts_with('[')) return false;
  const std::size_t end = rest.find(']');
  if (end == std::string_view::npos || end > 40) return false;
  const std::string_view inside = trim(rest.substr(1, end - 1));
  Columns columns;
  if (read_time(inside, columns) && columns.time_ns)
    prefix.time_ns = columns.time_ns;
  else if (!starts_with_one(inside, kDays))
    return false;
  rest.remove_prefix(end + 1);
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    const std::string_view who =
        close == std::string_view::npos ? "" : trim(rest.substr(1, close - 1));
    const auto number = who.empty() ? std::nullopt : number_of<int>(who.substr(1));
    if (number && who.front() == 'C') prefix.cpu = *number;
    if (number && who.front() == 'T') prefix.pid = *number;
    if (number) rest.remove_prefix(close + 1);
  }
  take(rest, " ");
  return true;
}

// "Nov 20 15:01:02 host kernel: ", "2026-11-20T15:01:02+00:00 host kernel: ", "kernel: "
bool take_syslog(std::string_view& rest) {
  const bool dated = starts_with_one(rest, kMonths) ||
                     (rest.size() > 10 && rest[4] == '-' && rest[7] == '-' && rest[10] == 'T');
  if (!dated && !rest.starts_with("kernel: ")) return false;
  const std::size_t kernel = rest.find("kernel: ");
  if (kernel == std::string_view::npos || kernel > 120) return false;
  rest.remove_prefix(kernel + 8);
  return true;
}

}  // namespace

bool split_log(std::string_view line, LogPrefix& prefix) {
  prefix = {};
  std::string_view rest = line;
  skip_control(rest);
  bool found = take_syslog(rest);
  found = take_level(rest) || found;
  found = take_brackets(rest, prefix) || found;
  prefix.text = rest;
  return found;
}

std::optional<std::string_view> booted(std::string_view message) {
  if (!take(message, "Linux version ")) return std::nullopt;
  return message.substr(0, message.find(' '));
}

std::optional<std::int64_t> dropped_messages(std::string_view message) {
  if (!take(message, "** ")) return std::nullopt;
  const auto count = number_of<std::int64_t>(take_while(message, is_digit));
  if (!count || !message.starts_with(" printk messages dropped")) return std::nullopt;
  return count;
}

std::optional<BodyResult> read_mirrored(std::string_view message, TraceLine& line) {
  std::string_view rest = message;
  if (take_while(rest, is_symbol).empty() || !take(rest, ": (")) return std::nullopt;
  if (take_while(rest, is_symbol).empty() || !rest.starts_with("+0x")) return std::nullopt;
  std::optional<bool> callers;
  const BodyResult result = read_body(message, callers, line);
  const bool probe = line.kind == LineKind::Kprobe || line.kind == LineKind::Kretprobe;
  return result == BodyResult::Event && !probe ? BodyResult::Damaged : result;
}

void read_message(std::string_view message, TraceLine& line) {
  line.kind = LineKind::Message;
  line.text = message;
  // "driver address: text"; the address may stand first as well.
  std::string_view rest = message;
  for (int word = 0; word < 2; ++word) {
    const std::string_view token = rest.substr(0, rest.find(' '));
    if (token.ends_with(':') && token.size() > 12) {
      const std::string_view address = token.substr(0, token.size() - 1);
      if (address[4] == ':' && model::Bdf::parse(address)) {
        line.args.push_back({"dev", address, std::nullopt});
        return;
      }
    }
    if (word > 0 || token.size() == rest.size()) break;
    line.symbol = token.ends_with(':') ? token.substr(0, token.size() - 1) : token;
    rest.remove_prefix(token.size() + 1);
  }
}

bool read_pstore_function(std::string_view message, TraceLine& line) {
  if (!take(message, "CPU:")) return false;
  const auto cpu = number_of<int>(take_while(message, is_digit));
  if (!cpu || *cpu > kMaxCpu || !take(message, " ts:")) return false;
  const auto count = number_of<std::int64_t>(take_while(message, is_digit));
  const std::size_t arrow = message.find(" <- ");
  if (!count || arrow == std::string_view::npos) return false;
  const std::string_view front = message.substr(0, arrow);
  std::string_view caller = message.substr(arrow + 4);
  std::string_view callee = front.substr(front.rfind(' ') + 1);
  line.kind = LineKind::Function;
  line.cpu = *cpu;
  line.ticks = count;
  line.symbol = line.function = take_while(callee, is_symbol);
  line.caller = take_while(caller, is_symbol);
  line.text = message;
  return !line.symbol.empty();
}

}  // namespace luproof::traces::text
