// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/bodies.h"

#include <algorithm>

#include "traces/text/arguments.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::string_view kMarker = "tracing_mark_write";
constexpr std::string_view kNotResolved = "[unknown/kretprobe'd]";

struct Place {
  std::string_view name;  // empty if only an address is there
  bool has_offset = false;
};

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

// "0x4a2c0", or the 16 digits trace-cmd prints instead of a symbol.
bool is_address(std::string_view word) {
  const bool prefixed = word.starts_with("0x");
  if (prefixed) word.remove_prefix(2);
  return (prefixed ? !word.empty() : word.size() == 16) &&
         std::all_of(word.begin(), word.end(), is_hex);
}

// Takes "symbol", "symbol+0x4/0x40", each with " [module]" and " <address>" behind it or not.
std::optional<Place> take_place(std::string_view& rest) {
  const std::string_view name = take_while(rest, is_symbol);
  if (name.empty()) return std::nullopt;
  Place place{is_address(name) ? std::string_view{} : name, false};
  if (take(rest, "+0x")) {
    if (take_while(rest, is_hex).empty()) return std::nullopt;
    if (take(rest, "/0x") && take_while(rest, is_hex).empty()) return std::nullopt;
    place.has_offset = true;
  }
  for (const auto& [open, close] : {std::pair{" [", ']'}, std::pair{" <", '>'}}) {
    if (!rest.starts_with(open) || rest.starts_with(" <-")) continue;
    const std::size_t end = rest.find(close);
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
  return place;
}

// "caller" or "caller (repeats: 12, last_ts:   12.345678)", the kernel's short form of a series.
bool read_caller(std::string_view rest, TraceLine& line) {
  if (take(rest, kNotResolved)) return rest.empty();
  const auto caller = take_place(rest);
  if (!caller) return false;
  line.caller = caller->name;
  if (take(rest, " (repeats: ")) {
    const std::string_view count = take_while(rest, is_digit);
    if (!rest.starts_with(", last_ts:") || !rest.ends_with(')')) return false;
    line.args.push_back({"repeats", count, argument_number(count)});
    return true;
  }
  return trim(rest).empty();
}

// "callee <-caller", "callee(a=0x1, b=2) <-caller", "callee <-- caller", "callee".
BodyResult read_function(std::string_view body, std::optional<bool>& callers, TraceLine& line) {
  std::string_view rest = body;
  std::string_view symbol = rest;
  const auto callee = take_place(rest);
  if (!callee) return BodyResult::Damaged;
  line.symbol = take_while(symbol, is_symbol);
  line.function = callee->name;
  line.kind = LineKind::Function;
  line.text = body;
  const std::size_t arrow = rest.rfind(" <-");
  if (rest.starts_with('(')) {
    const std::string_view list = rest.substr(0, arrow);
    if (!list.ends_with(')')) return BodyResult::Damaged;
    if (!read_function_arguments(list.substr(1, list.size() - 2), line.args))
      return BodyResult::Damaged;
    rest.remove_prefix(list.size());
  }
  if (rest.empty() || arrow == std::string_view::npos) {
    if (callers.value_or(false) || !trim(rest).empty()) return BodyResult::Damaged;
    callers = false;
    return BodyResult::Event;
  }
  callers = true;
  if (take(rest, " <-- ") || take(rest, " <-"))
    return read_caller(rest, line) ? BodyResult::Event : BodyResult::Damaged;
  return BodyResult::Damaged;
}

// "(place) args" and "(place <- place) args". Nothing if the parentheses hold something else.
std::optional<BodyResult> read_probe(std::string_view text, TraceLine& line) {
  const std::size_t close = text.find(')');
  if (close == std::string_view::npos) return BodyResult::Damaged;
  std::string_view inside = text.substr(1, close - 1);
  const std::string_view whole = inside;
  const auto first = take_place(inside);
  if (!first) return std::nullopt;
  if (take(inside, " <- ")) {
    const auto second = take_place(inside);
    if (!second || !inside.empty()) return std::nullopt;
    line.kind = LineKind::Kretprobe;
    line.caller = first->name;
    line.function = second->name;
  } else {
    if (!inside.empty() || (!first->has_offset && !is_address(whole))) return std::nullopt;
    line.kind = LineKind::Kprobe;
    line.function = first->name;
  }
  return read_probe_arguments(text.substr(close + 1), line.args) ? BodyResult::Event
                                                                 : BodyResult::Damaged;
}

// Takes "symbol+0x4/0x10 (-1833153356)": the address fields of the generic form.
std::optional<std::string_view> take_generic_place(std::string_view& rest) {
  const auto place = take_place(rest);
  if (!place || !take(rest, " (")) return std::nullopt;
  take(rest, "-");
  if (take_while(rest, is_digit).empty() || !take(rest, ")")) return std::nullopt;
  take(rest, " ");
  return place->name;
}

// The generic form of a probe event, printed for events another kernel recorded.
BodyResult read_generic_probe(std::string_view text, TraceLine& line) {
  const bool entry = take(text, "__probe_ip=");
  if (!entry) take(text, "__probe_func=");
  const auto function = take_generic_place(text);
  if (!function) return BodyResult::Damaged;
  line.kind = entry ? LineKind::Kprobe : LineKind::Kretprobe;
  line.function = *function;
  if (!entry) {
    const auto caller = take(text, "__probe_ret_ip=") ? take_generic_place(text) : std::nullopt;
    if (!caller) return BodyResult::Damaged;
    line.caller = *caller;
  }
  return read_generic_arguments(text, line.args) ? BodyResult::Event : BodyResult::Damaged;
}

// "name: text".
BodyResult read_event(std::string_view name, std::string_view text, std::optional<bool>& callers,
                      TraceLine& line) {
  line.symbol = name;
  line.text = text;
  if (base_function(name) == kMarker) {
    line.kind = LineKind::Marker;
    return BodyResult::Event;
  }
  text = trim_left(text);
  line.text = text;
  if (name == "print" && text.starts_with(kMarker) &&
      text.substr(kMarker.size()).starts_with(": ")) {
    line.kind = LineKind::Marker;
    line.symbol = kMarker;
    line.text = text.substr(kMarker.size() + 2);
    return BodyResult::Event;
  }
  if (text.starts_with("[FAILED TO PARSE]")) return BodyResult::UnknownType;
  if (text.starts_with('(')) {
    if (const auto probe = read_probe(text, line)) return *probe;
  } else if (name == "function") {
    return read_function(trim_right(text), callers, line);
  } else if (name == "funcgraph_entry" || name == "funcgraph_exit") {
    const std::size_t bar = text.find('|');
    if (bar == std::string_view::npos) return BodyResult::Damaged;
    line.text = text.substr(bar + 1);
    return BodyResult::Tree;
  } else if (text.starts_with("__probe_ip=") || text.starts_with("__probe_func=")) {
    return read_generic_probe(text, line);
  }
  line.kind = text.starts_with("<stack trace") ? LineKind::Stack : LineKind::Tracepoint;
  return read_loose_arguments(text, line.args) ? BodyResult::Event : BodyResult::Damaged;
}

// "sys_openat(dfd: ffffff9c, flags: 0)" and "sys_openat -> 0x3".
bool is_syscall(std::string_view name, std::string_view rest) {
  if (!name.starts_with("sys_")) return false;
  if (rest.starts_with(" -> 0x")) return true;
  return rest.starts_with('(') && rest.ends_with(')') && rest.find('=') == std::string_view::npos;
}

}  // namespace

BodyResult read_body(std::string_view body, std::optional<bool>& callers, TraceLine& line) {
  std::string_view rest = body;
  const std::string_view name = take_while(rest, is_symbol);
  if (take(rest, ":") && (rest.empty() || take(rest, " ")) && !name.empty())
    return read_event(name, rest, callers, line);
  if (body.starts_with("Unknown type ") || body.starts_with("UNKNOWN TYPE "))
    return BodyResult::UnknownType;
  if (body.ends_with("[LINE TOO BIG]")) return BodyResult::LineTooBig;
  if (body.starts_with("<stack trace") || body.starts_with("<user stack trace")) {
    line.kind = LineKind::Stack;
    line.text = body;
    return BodyResult::Event;
  }
  if (body.starts_with("# ") && body.find(" buf:") != std::string_view::npos) {
    line.kind = LineKind::Marker;
    line.symbol = "tracing_mark_raw";
    line.text = body;
    return BodyResult::Event;
  }
  if (is_syscall(name, rest)) {
    line.kind = LineKind::Tracepoint;
    line.symbol = name;
    line.text = rest;
    return BodyResult::Event;
  }
  return read_function(body, callers, line);
}

}  // namespace luproof::traces::text
