// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/arguments.h"

#include <algorithm>

#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::size_t kHashedPointer = 16;  // digits of a %p, which has no 0x

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// "0x4 (4)", "(0)" and "'a'(97)": how the generic form prints numbers. True if `value` is one;
// `text` is then the number as a probe event would print it.
bool generic_number(std::string_view value, Argument& arg) {
  if (!value.ends_with(')')) return false;
  const std::size_t open = value.rfind('(');
  if (open == std::string_view::npos) return false;
  const std::string_view front = value.substr(0, open);
  const std::string_view inner = value.substr(open + 1, value.size() - open - 2);
  const auto number = number_of<std::int64_t>(inner);
  if (!number) return false;
  const bool character = front.size() == 3 && front.front() == '\'' && front.back() == '\'';
  const bool hex = front.starts_with("0x") && front.ends_with(' ') &&
                   front.find(' ') == front.size() - 1 && argument_number(trim_right(front));
  if (!front.empty() && !character && !hex) return false;
  arg.text = hex ? trim_right(front) : inner;
  arg.number = number;
  return true;
}

// "0x4 (11" or "(": what is left of a number when the line was cut.
bool cut_number(std::string_view value) {
  if (value == "0x" || value.starts_with("(")) return !value.ends_with(')');
  const std::size_t open = value.find(" (");
  return value.starts_with("0x") && open != std::string_view::npos && !value.ends_with(')');
}

// Calls `add(name, value)` for each pair; a value ends before the next name. Stops if `add` says.
template <typename Add>
bool each_pair(std::string_view text, Add add) {
  std::string_view name;
  std::size_t value_start = 0;
  for (std::size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    std::size_t start = at;
    while (start > value_start && is_word(text[start - 1])) --start;
    if (start == at || is_digit(text[start]) || (start != 0 && text[start - 1] != ' ')) continue;
    if (!name.empty() && !add(name, trim(text.substr(value_start, start - value_start))))
      return false;
    name = text.substr(start, at - start);
    value_start = at + 1;
  }
  return name.empty() || add(name, trim(text.substr(value_start)));
}

bool repeated(const std::vector<Argument>& args, std::string_view name) {
  return std::any_of(args.begin(), args.end(), [&](const Argument& a) { return a.name == name; });
}

// Takes the value of a probe event's argument: a quoted string, an array, or a word that may have
// a module in brackets behind it.
bool take_value(std::string_view& rest, Argument& arg) {
  if (take(rest, "\"")) {
    std::size_t quote = rest.find('"');
    while (quote != std::string_view::npos && quote + 1 < rest.size() && rest[quote + 1] != ' ')
      quote = rest.find('"', quote + 1);
    if (quote == std::string_view::npos) return false;
    arg.text = rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    return true;
  }
  std::size_t length = std::min(rest.find(' '), rest.size());
  if (rest.substr(length).starts_with(" [")) length = std::min(rest.find(']'), rest.size() - 1) + 1;
  arg.text = rest.substr(0, length);
  rest.remove_prefix(length);
  if (arg.text.empty() || arg.text == "-" || arg.text == "0x") return false;
  if (arg.text.front() == '{' && arg.text.back() != '}') return false;
  if (arg.text.front() == '(' && arg.text.back() != ')') return false;
  arg.number = argument_number(arg.text);
  return true;
}

}  // namespace

std::optional<std::int64_t> argument_number(std::string_view text) {
  if (text.starts_with("0x")) {
    const auto value = number_of<std::uint64_t>(text.substr(2), 16);
    if (!value) return std::nullopt;
    return static_cast<std::int64_t>(*value);
  }
  if (text.size() == kHashedPointer && text.front() == '0') return std::nullopt;
  if (text.starts_with('-')) return number_of<std::int64_t>(text);
  const auto value = number_of<std::uint64_t>(text);
  if (!value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

bool read_probe_arguments(std::string_view text, std::vector<Argument>& args) {
  std::string_view rest = trim_right(text);
  while (!(rest = trim_left(rest)).empty()) {
    Argument arg;
    arg.name = take_while(rest, is_word);
    if (arg.name.empty() || !take(rest, "=") || !take_value(rest, arg)) return false;
    if (args.size() == kMaxArguments || repeated(args, arg.name)) return false;
    args.push_back(arg);
  }
  return true;
}

bool read_generic_arguments(std::string_view text, std::vector<Argument>& args) {
  if (!text.empty() && text.find('=') == std::string_view::npos) return false;
  return each_pair(text, [&](std::string_view name, std::string_view value) {
    if (args.size() == kMaxArguments || repeated(args, name)) return false;
    Argument arg{name, value, std::nullopt};
    if (!generic_number(value, arg)) {
      if (cut_number(value)) return false;
      arg.number = argument_number(value);
    }
    args.push_back(arg);
    return true;
  });
}

bool read_function_arguments(std::string_view text, std::vector<Argument>& args) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(", "), text.size());
    std::string_view value = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 2, text.size()));
    Argument arg;
    const std::size_t equals = value.find('=');
    if (equals != std::string_view::npos) {
      arg.name = value.substr(0, equals);
      value.remove_prefix(equals + 1);
    }
    if (value.empty() || args.size() == kMaxArguments) return false;
    arg.text = value;
    arg.number = argument_number(first_word(value));
    args.push_back(arg);
  }
  return true;
}

bool read_loose_arguments(std::string_view text, std::vector<Argument>& args) {
  return each_pair(text, [&](std::string_view name, std::string_view value) {
    if (args.size() == kMaxArguments) return false;
    Argument arg{name, value, std::nullopt};
    if (!generic_number(value, arg)) {
      std::string_view word = first_word(value);
      if (word.ends_with(',')) word.remove_suffix(1);
      arg.number = argument_number(word);
      if (arg.number) arg.text = word;
      if (arg.text.ends_with(" ==>")) arg.text = trim_right(arg.text.substr(0, value.size() - 4));
      if (arg.text.ends_with(',')) arg.text.remove_suffix(1);
    }
    args.push_back(arg);
    return true;
  });
}

}  // namespace luproof::traces::text
