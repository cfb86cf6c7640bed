// SPDX-License-Identifier: GPL-2.0-or-later
// From the YAML of a baseline to its entries.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "traces/baseline.h"
#include "model/yaml_map.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;
using model::YamlMap;
using model::YamlNode;

namespace {

const std::vector<std::string> kKeys = {"property", "function", "kernel",
                                        "reason",   "owner",    "expires"};

// Longer signs first.
constexpr std::array<std::pair<std::string_view, KernelCondition::Sign>, 5> kSigns = {{
    {">=", KernelCondition::Sign::AtLeast},
    {"<=", KernelCondition::Sign::AtMost},
    {">", KernelCondition::Sign::More},
    {"<", KernelCondition::Sign::Less},
    {"=", KernelCondition::Sign::Is},
}};

std::optional<KernelCondition> read_condition_word(std::string_view word) {
  for (const auto& [sign, meaning] : kSigns) {
    if (!text::take(word, sign)) continue;
    const auto release = read_release(word);
    text::take_while(word, text::is_digit);
    text::take(word, ".");
    text::take_while(word, text::is_digit);
    // "7.3.4" would be taken for 7.3 in silence.
    if (!release || !word.empty()) return std::nullopt;
    return KernelCondition{meaning, *release};
  }
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(model::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  BaselineEntry entry(const YamlNode& node) {
    const YamlMap map(node, diagnostics_);
    BaselineEntry entry;
    if (!map.only(kKeys)) return entry;
    entry.place = fmt::format("{}:{}", printable(node.span.source->path), node.span.line);
    entry.property = map.need("property", "vf-dma-continues");
    entry.function = map.need("function", "\"0000:01:10.*\"");
    entry.reason = map.need("reason", "the stock kernel clears Bus Master Enable in shutdown");
    entry.owner = map.text("owner");
    entry.kernel = map.text("kernel");
    kernel(map, entry);
    if (map.has("expires")) {
      entry.expires = read_day(map.text("expires"));
      if (!entry.expires)
        map.error(map.place("expires"),
                  fmt::format("'{}' is no day", printable(map.text("expires"))),
                  "expires: 2027-01-31");
    }
    return entry;
  }

 private:
  static void kernel(const YamlMap& map, BaselineEntry& entry) {
    std::string_view rest = text::trim(entry.kernel);
    if (map.has("kernel") && rest.empty())
      map.error(map.place("kernel"), "no range of kernels", "kernel: \">=6.1 <7.0\"");
    while (!rest.empty()) {
      const std::string_view word = text::take_while(rest, [](char c) { return c != ' '; });
      const auto condition = read_condition_word(word);
      if (!condition)
        return map.error(map.place("kernel"),
                         fmt::format("'{}' is no condition on a kernel", printable(word)),
                         "a sign and two numbers: \">=6.1 <7.0\"");
      entry.conditions.push_back(*condition);
      rest = text::trim_left(rest);
    }
  }

  model::Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Day> read_day(std::string_view word) {
  const auto digits = [&](std::size_t count) -> std::optional<int> {
    if (word.size() < count) return std::nullopt;
    std::string_view part = word.substr(0, count);
    word.remove_prefix(count);
    const auto number = text::number_of<int>(text::take_while(part, text::is_digit));
    return part.empty() ? number : std::nullopt;
  };
  const auto year = digits(4);
  const bool first = text::take(word, "-");
  const auto month = digits(2);
  const bool second = text::take(word, "-");
  const auto day = digits(2);
  if (!year || !first || !month || !second || !day || !word.empty()) return std::nullopt;
  const Day read{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                 std::chrono::day(static_cast<unsigned>(*day))};
  return read.ok() ? std::optional(read) : std::nullopt;
}

std::optional<Baseline> read_baseline(const model::SourcePtr& source, const Day& now,
                                      model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return std::nullopt;
  if (!tree->is_sequence()) {
    diagnostics.error(tree->span, "a baseline is a list of known violations",
                      "- {property: …, function: …, reason: …}");
    return std::nullopt;
  }
  Baseline baseline;
  baseline.now = now;
  Reader reader(diagnostics);
  for (const YamlNode& item : tree->items) baseline.entries.push_back(reader.entry(item));
  if (diagnostics.errors() != errors) return std::nullopt;
  return baseline;
}

}  // namespace luproof::traces
