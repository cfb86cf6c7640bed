// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/batch_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "traces/batch.h"
#include "traces/text/scan.h"

namespace luproof::traces {

namespace {

constexpr std::array<std::string_view, 4> kPackings = {".zst", ".gz", ".xz", ".zstd"};

// The first that fits is taken.
constexpr std::array<std::pair<std::string_view, NameKind>, 14> kEnds = {{
    {".stats.txt", NameKind::Stats},
    {".stats", NameKind::Stats},
    {".probes.txt", NameKind::Probes},
    {".probes", NameKind::Probes},
    {".setup.txt", NameKind::Setup},
    {".lspci.txt", NameKind::Dump},
    {".lspci", NameKind::Dump},
    {".sysfs", NameKind::Dump},
    {".trace_pipe.txt", NameKind::Capture},
    {".trace.txt", NameKind::Capture},
    {".trace.dat", NameKind::Capture},
    {".trace_pipe", NameKind::Capture},
    {".trace", NameKind::Capture},
    {".dat", NameKind::Capture},
}};

constexpr std::string_view kSeparators = ".-_";

bool has_word(std::string_view name, std::string_view word) {
  for (std::size_t at = name.find(word); at != std::string_view::npos;
       at = name.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const auto separates = [&](std::size_t i) {
      return kSeparators.find(name[i]) != std::string_view::npos;
    };
    if ((at == 0 || separates(at - 1)) && (end == name.size() || separates(end))) return true;
  }
  return false;
}

bool begins(std::string_view name, std::string_view word) {
  return name.starts_with(word) && name.size() > word.size() &&
         kSeparators.find(name[word.size()]) != std::string_view::npos;
}

}  // namespace

FileName read_file_name(std::string_view name) {
  if (name == kBatchManifest) return {NameKind::Manifest, ""};
  for (const std::string_view packing : kPackings)
    if (name.ends_with(packing)) {
      name.remove_suffix(packing.size());
      break;
    }
  for (const auto& [end, kind] : kEnds) {
    if (!name.ends_with(end) || name.size() == end.size()) continue;
    name.remove_suffix(end.size());
    const bool later =
        kind == NameKind::Dump && (has_word(name, "after") || has_word(name, "during"));
    return {later ? NameKind::LaterDump : kind, std::string(name)};
  }
  // What `luproof probes` writes beside a recording.
  if (name == "probes.txt") return {NameKind::Probes, ""};
  if (name == "trace" || name == "trace_pipe") return {NameKind::Capture, std::string(name)};
  const std::size_t point = name.rfind('.');
  if (point != std::string_view::npos && point > 0) name = name.substr(0, point);
  return {NameKind::Other, std::string(name)};
}

Age age_of(std::string_view name) {
  return begins(name, "old") ? Age::Old : begins(name, "new") ? Age::New : Age::None;
}

std::optional<int> number_of_name(std::string_view name) {
  const auto number = text::number_of<int>(text::take_while(name, text::is_digit));
  if (!number || name.empty() || kSeparators.find(name.front()) == std::string_view::npos)
    return std::nullopt;
  return number;
}

}  // namespace luproof::traces
