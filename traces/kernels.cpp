// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/yaml_tree.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;
using model::YamlEntry;
using model::YamlNode;

namespace {

constexpr std::array<std::string_view, 4> kKeys = {"from", "below", "tried", "binding"};

}  // namespace

std::optional<Release> read_release(std::string_view text) {
  const auto major = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!major || !text::take(text, ".")) return std::nullopt;
  const auto minor = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!minor) return std::nullopt;
  return Release{*major, *minor};
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
    for (const YamlEntry& entry : item.entries)
      if (std::find(kKeys.begin(), kKeys.end(), entry.key.text) == kKeys.end())
        error(entry.key, fmt::format("unknown key '{}'", printable(entry.key.text)),
              "from, below, tried or binding");
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
    kernels.push_back(std::move(range));
  }
  if (kernels.empty() && diagnostics.errors() == errors) error(*tree, "no kernel is listed", "");
  if (diagnostics.errors() != errors) return {};
  return kernels;
}

}  // namespace luproof::traces
