// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/kernels.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/yaml_map.h"
#include "model/yaml_tree.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;
using model::YamlEntry;
using model::YamlMap;
using model::YamlNode;

namespace {

constexpr std::size_t kShortestStart = 5;
const std::vector<std::string> kKeys = {"from",    "below",  "tried",
                                        "binding", "design", "design-where"};

}  // namespace

std::optional<Release> read_release(std::string_view text) {
  const auto major = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!major || !text::take(text, ".")) return std::nullopt;
  const auto minor = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!minor) return std::nullopt;
  return Release{*major, *minor};
}

bool KernelRange::of_design(std::string_view function) const {
  return std::any_of(design_where.begin(), design_where.end(),
                     [&](const std::string& start) { return function.starts_with(start); });
}

std::vector<KernelRange> read_kernels(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return {};
  std::vector<KernelRange> kernels;
  const auto error = [&](const YamlNode& at, std::string message, std::string hint) {
    diagnostics.error(at.span, std::move(message), std::move(hint));
  };
  const YamlEntry* const list = tree->find("kernels");
  if (list == nullptr || !list->value.is_sequence() || tree->entries.size() != 1) {
    error(*tree, "'kernels:' is a list, and the only key", "kernels: [{from: …, binding: …}]");
    return {};
  }
  for (const YamlNode& item : list->value.items) {
    KernelRange range;
    const YamlMap map(item, diagnostics);
    map.only(kKeys);
    const auto release = [&](std::string_view key) -> std::optional<Release> {
      const YamlEntry* const entry = item.find(key);
      if (entry == nullptr) return std::nullopt;
      const auto read = read_release(entry->value.text);
      if (!read) error(entry->value, fmt::format("'{}' is a release", key), "\"7.3\"");
      return read;
    };
    const YamlEntry* const binding = item.find("binding");
    const auto from = release("from");
    const auto tried = release("tried");
    range.below = release("below");
    if (!from || !tried || binding == nullptr || binding->value.text.empty() ||
        binding->value.text.find('/') != std::string::npos) {
      error(item, "a kernel needs 'from:', 'tried:' and 'binding:'",
            "{from: \"5.15\", tried: \"7.3\", binding: pci}");
      continue;
    }
    range.from = *from;
    range.tried = *tried;
    range.binding = binding->value.text;
    range.design = map.text("design");
    range.design_where = map.texts("design-where");
    if (range.design.empty() != range.design_where.empty() ||
        range.design.find('/') != std::string::npos)
      error(item, "a design is named together with where it is taken",
            "design: luo-sessions-7.3, design-where: [luo_session_]");
    for (const std::string& start : range.design_where)
      if (start.size() < kShortestStart)
        error(item, fmt::format("'design-where': '{}' is short", printable(start)),
              "five characters at least, so that lines with it are found quickly");
    kernels.push_back(std::move(range));
  }
  if (kernels.empty() && diagnostics.errors() == errors) error(*tree, "no kernel is listed", "");
  if (diagnostics.errors() != errors) return {};
  return kernels;
}

}  // namespace luproof::traces
