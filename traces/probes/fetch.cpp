// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probes/fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;

namespace {

class Fetching {
 public:
  Fetching(const Btf& btf, const std::string& function, const std::string& expression)
      : btf_(btf), function_(function), rest_(expression) {
    // The type is behind the last colon: there is none in names and fields.
    if (const std::size_t colon = rest_.rfind(':'); colon != std::string_view::npos) {
      suffix_ = rest_.substr(colon);
      rest_ = rest_.substr(0, colon);
    }
  }

  Fetched run() {
    const auto parameters = btf_.parameters(function_);
    if (!parameters) return bad(fmt::format("the kernel's BTF has no function {}", function_));
    const std::string_view wanted = text::take_while(rest_, text::is_word);
    const auto found = std::find_if(parameters->begin(), parameters->end(),
                                    [&](const auto& p) { return p.name == wanted; });
    if (found == parameters->end()) {
      std::vector<std::string> names;
      for (const Btf::Parameter& each : *parameters) names.push_back(printable(each.name));
      return bad(
          fmt::format("{} has no argument '{}' in this kernel: {}", function_, wanted,
                      names.empty() ? "it has none" : fmt::format("{}", fmt::join(names, ", "))));
    }
    value_ = fmt::format("$arg{}", found - parameters->begin() + 1);
    type_ = found->type;
    while (!rest_.empty())
      if (auto problem = step()) return bad(std::move(*problem));
    return finish();
  }

 private:
  static Fetched bad(std::string problem) { return {"", std::move(problem)}; }

  // "->field" reads what a pointer points to, ".field" goes on inside of it.
  std::optional<std::string> step() {
    const bool arrow = text::take(rest_, "->");
    if (!arrow && !text::take(rest_, ".")) return "only fields can be taken from an argument";
    const std::string_view name = text::take_while(rest_, text::is_word);
    if (arrow) {
      const auto pointee = btf_.pointee(type_);
      if (!pointee) return fmt::format("what stands before '->{}' is no pointer", name);
      load();
      type_ = *pointee;
      at_ = 0;
    } else if (!at_) {
      return fmt::format("'.{}' is taken from a pointer or a number", name);
    }
    const auto field = btf_.field(type_, name);
    if (!field) {
      const std::string near = model::nearest(std::string(name), btf_.members(type_));
      return fmt::format("there is no field '{}' in this kernel{}", name,
                         near.empty() ? "" : fmt::format(", the nearest is '{}'", printable(near)));
    }
    type_ = field->type;
    *at_ += field->byte;
    return std::nullopt;
  }

  // What was addressed so far becomes a value.
  void load() {
    if (at_) value_ = fmt::format("+{}({})", *at_, value_);
    at_.reset();
  }

  Fetched finish() {
    const bool text = suffix_ == ":string" || suffix_ == ":ustring";
    if (text && at_ && btf_.is_array(type_)) {
      load();  // the kernel reads a text at an address: that of the array
    } else {
      load();
      if (text && !btf_.pointee(type_))
        return bad("a text is printed from a pointer or an array of characters");
      if (text) value_ = fmt::format("+0({})", value_);
    }
    return {value_ + std::string(suffix_), ""};
  }

  const Btf& btf_;
  const std::string& function_;
  std::string_view rest_, suffix_;
  std::string value_;
  std::uint32_t type_ = 0;
  std::optional<std::uint32_t> at_;  // where in what value_ points to
};

}  // namespace

bool has_names(const std::string& expression) {
  return !expression.empty() &&
         std::string_view("$%@+-").find(expression.front()) == std::string::npos;
}

Fetched fetch(const Btf& btf, const std::string& function, const std::string& expression) {
  if (!has_names(expression)) return {expression, ""};
  return Fetching(btf, function, expression).run();
}

}  // namespace luproof::traces
