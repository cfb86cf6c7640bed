// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/line_copy.h"

#include <cstring>

namespace luproof::traces {

namespace {

// What a line is apart from its texts; the texts follow in one order, arguments last.
struct Fixed {
  std::int64_t number, time, lost;
  int pid, cpu;
  std::uint32_t args;
  LineKind kind;
  bool has_time, has_ticks;
};

template <typename Line, typename Do>
void each_text(Line& line, Do act) {
  act(line.task);
  act(line.group);
  act(line.symbol);
  act(line.function);
  act(line.caller);
  act(line.text);
  act(line.quote);
}

void put(std::string& packed, const void* bytes, std::size_t size) {
  packed.append(static_cast<const char*>(bytes), size);
}

void put_text(std::string& packed, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  put(packed, &size, sizeof size);
  packed.append(text);
}

template <typename Value>
Value get(std::string_view& packed) {
  Value value;
  std::memcpy(&value, packed.data(), sizeof value);
  packed.remove_prefix(sizeof value);
  return value;
}

std::string_view get_text(std::string_view& packed) {
  const auto size = get<std::uint32_t>(packed);
  const std::string_view text = packed.substr(0, size);
  packed.remove_prefix(size);
  return text;
}

}  // namespace

void pack_line(const TraceLine& line, std::string& packed) {
  Fixed fixed{};
  fixed.number = line.number;
  fixed.time = line.time_ns.value_or(line.ticks.value_or(0));
  fixed.lost = line.lost;
  fixed.pid = line.pid;
  fixed.cpu = line.cpu;
  fixed.args = static_cast<std::uint32_t>(line.args.size());
  fixed.kind = line.kind;
  fixed.has_time = line.time_ns.has_value();
  fixed.has_ticks = line.ticks.has_value();
  put(packed, &fixed, sizeof fixed);
  each_text(line, [&](std::string_view text) { put_text(packed, text); });
  for (const Argument& arg : line.args) {
    put_text(packed, arg.name);
    put_text(packed, arg.text);
    const char has = arg.number ? 1 : 0;
    const std::int64_t number = arg.number.value_or(0);
    put(packed, &has, 1);
    put(packed, &number, sizeof number);
  }
}

void unpack_line(std::string_view packed, TraceLine& line) {
  line.clear();
  const auto fixed = get<Fixed>(packed);
  line.number = fixed.number;
  line.lost = fixed.lost;
  line.pid = fixed.pid;
  line.cpu = fixed.cpu;
  line.kind = fixed.kind;
  if (fixed.has_time) line.time_ns = fixed.time;
  if (fixed.has_ticks) line.ticks = fixed.time;
  each_text(line, [&](std::string_view& text) { text = get_text(packed); });
  for (std::uint32_t i = 0; i < fixed.args; ++i) {
    Argument arg;
    arg.name = get_text(packed);
    arg.text = get_text(packed);
    const bool has = get<char>(packed) != 0;
    const auto number = get<std::int64_t>(packed);
    if (has) arg.number = number;
    line.args.push_back(arg);
  }
}

OwnedLine::OwnedLine(const TraceLine& line) {
  std::string packed;
  pack_line(line, packed);
  packed_ = std::make_shared<const std::string>(std::move(packed));
  unpack_line(*packed_, line_);
}

}  // namespace luproof::traces
