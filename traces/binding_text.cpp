// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/binding_text.h"

#include <fmt/format.h>

#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;

namespace {

// Words and signs of one text, taken from left to right.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  std::string word() {
    skip();
    return std::string(text::take_while(rest_, text::is_word));
  }
  bool sign(std::string_view expected) {
    skip();
    return text::take(rest_, expected);
  }
  bool end() {
    skip();
    return rest_.empty();
  }

 private:
  void skip() { rest_ = text::trim_left(rest_); }
  std::string_view rest_;
};

int parameter_named(const std::vector<Meaning::Parameter>& parameters, const std::string& name) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (parameters[i].name == name) return static_cast<int>(i);
  return -1;
}

std::optional<CallArgument> argument(Scan& scan,
                                     const std::vector<Meaning::Parameter>& parameters) {
  CallArgument read;
  const std::string word = scan.word();
  if (word == "vf" && scan.sign("(")) {
    read.kind = CallArgument::Kind::VfOf;
    read.parameter = parameter_named(parameters, scan.word());
    const bool comma = scan.sign(",");
    read.index = scan.word();
    if (!comma || read.parameter < 0 || read.index.empty() || !scan.sign(")")) return std::nullopt;
    return read;
  }
  read.parameter = parameter_named(parameters, word);
  if (read.parameter >= 0) {
    read.kind = CallArgument::Kind::Parameter;
    return read;
  }
  if (word == "true" || word == "false") {
    read.value = word == "true" ? 1 : 0;
    return read;
  }
  const auto number = read_number(word);
  if (!number || *number > 0x7fffffff) return std::nullopt;
  read.value = static_cast<model::Value>(*number);
  return read;
}

}  // namespace

std::optional<std::int64_t> read_number(std::string_view text) {
  if (text.starts_with("0x")) return text::number_of<std::int64_t>(text.substr(2), 16);
  return text::number_of<std::int64_t>(text);
}

std::optional<EventCall> read_event_call(const model::YamlNode& node,
                                         const std::vector<Meaning::Parameter>& parameters,
                                         model::Diagnostics& diagnostics) {
  Scan scan(node.text);
  EventCall call;
  call.span = node.span;
  call.name = scan.word();
  bool good = !call.name.empty() && scan.sign("(");
  while (good && !scan.sign(")")) {
    if (!call.arguments.empty()) good = scan.sign(",");
    auto read = good ? argument(scan, parameters) : std::nullopt;
    good = read.has_value();
    if (good) call.arguments.push_back(std::move(*read));
  }
  if (good && scan.end()) return call;
  diagnostics.error(node.span,
                    fmt::format("'{}' is no event with its arguments", printable(node.text)),
                    "event(d), event(d, true) or event(vf(d, id)), with d from 'with:'");
  return std::nullopt;
}

std::optional<Condition> read_condition(const model::YamlNode& node,
                                        const std::vector<Meaning::Parameter>& parameters,
                                        model::Diagnostics& diagnostics) {
  Scan scan(node.text);
  Condition condition;
  condition.argument = scan.word();
  const bool equal = scan.sign("==");
  bool good = node.is_scalar() && !condition.argument.empty() && (equal || scan.sign("!="));
  condition.equal = equal;
  const std::string first = scan.word();
  if (const auto number = read_number(first)) {
    condition.number = *number;
  } else {
    condition.parameter = parameter_named(parameters, first);
    good = good && condition.parameter >= 0 && scan.sign(".");
    condition.attribute = scan.word();
    good = good && !condition.attribute.empty();
    if (good && scan.sign("+")) {
      const auto offset = read_number(scan.word());
      good = offset.has_value();
      condition.number = offset.value_or(0);
    }
  }
  if (good && scan.end()) return condition;
  diagnostics.error(node.span,
                    fmt::format("'{}' is no condition on an argument", printable(node.text)),
                    "where == 0x4, enable != 0 or where == d.sriov_cap + 8");
  return std::nullopt;
}

}  // namespace luproof::traces
