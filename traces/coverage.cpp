// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/coverage.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::traces {

namespace {
constexpr std::size_t kMostNames = 100'000;
}

void Unbound::count(const TraceLine& line, const Binding& binding) {
  std::string_view name = line.symbol;
  switch (line.kind) {
    case LineKind::Function:
    case LineKind::GraphEntry:
    case LineKind::Kprobe:
    case LineKind::Tracepoint:
      name = binding.symbol_of(line);
      if (binding.find(name) != nullptr) return;
      break;
    case LineKind::Message:
      if (binding.message_of(line) >= 0) return;
      break;
    case LineKind::Kretprobe:
      break;
    default:
      return;
  }
  if (name.empty()) name = "(no name)";
  const auto found = counts_.find(name);
  if (found != counts_.end())
    ++found->second;
  else if (counts_.size() < kMostNames)
    counts_.emplace(name, 1);
  else
    ++others_;
}

std::vector<CoverageRow> Unbound::rows() const {
  std::vector<CoverageRow> rows;
  for (const auto& [name, count] : counts_) rows.push_back({name, count, ""});
  if (others_ > 0) rows.push_back({"(others)", others_, ""});
  std::sort(rows.begin(), rows.end(), [](const CoverageRow& a, const CoverageRow& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  return rows;
}

std::vector<CoverageRow> rules_of(const Binding& binding,
                                  const std::map<int, std::int64_t>& fired) {
  std::vector<CoverageRow> rows;
  for (std::size_t m = 0; m < binding.meanings.size(); ++m) {
    const Meaning& meaning = binding.meanings[m];
    const auto count = fired.find(static_cast<int>(m));
    rows.push_back({meaning.name, count == fired.end() ? 0 : count->second, meaning.span.where()});
  }
  return rows;
}

}  // namespace luproof::traces
