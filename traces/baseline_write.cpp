// SPDX-License-Identifier: GPL-2.0-or-later
// A baseline as text.
#include <fmt/format.h>

#include "model/whole_file.h"
#include "traces/baseline.h"

namespace luproof::traces {

using model::printable;

namespace {

// Any text as one YAML scalar in double quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string baseline_text(const std::vector<BaselineEntry>& entries) {
  std::string out =
      "# Violations that are known: luproof trace --baseline. Each needs a reason that somebody\n"
      "# would accept; after the day of `expires` it fails again.\n";
  if (entries.empty()) out += "[]\n";
  for (const BaselineEntry& entry : entries) {
    out += fmt::format("- property: {}\n  function: {}\n", quoted(entry.property),
                       quoted(entry.function));
    if (!entry.kernel.empty()) out += fmt::format("  kernel: {}\n", quoted(entry.kernel));
    out += fmt::format("  reason: {}\n", quoted(entry.reason));
    if (!entry.owner.empty()) out += fmt::format("  owner: {}\n", quoted(entry.owner));
    if (entry.expires) out += fmt::format("  expires: {}\n", day_text(*entry.expires));
  }
  return out;
}

bool write_baseline(const std::string& path, const std::vector<BaselineEntry>& entries,
                    model::Diagnostics& diagnostics) {
  if (model::write_whole(path, baseline_text(entries), diagnostics)) return true;
  diagnostics.error({model::Source::make(path, ""), 0, 0, 1}, "the baseline was not written");
  return false;
}

}  // namespace luproof::traces
