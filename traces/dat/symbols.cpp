// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/dat/symbols.h"

#include <algorithm>

#include "traces/text/scan.h"

namespace luproof::traces::dat {

namespace {

constexpr std::int64_t kShiftStep = std::int64_t{2} << 20;
constexpr std::int64_t kLargestShift = std::int64_t{1} << 30;  // the kernel image's room on x86
constexpr std::uint64_t kImage = 0xffffffff80000000;           // where it is
constexpr std::uint64_t kModules = 0xffffffffc0000000;         // and behind it
constexpr std::uint64_t kMostInside = 4;  // of a function before its call of the tracer: endbr64
constexpr std::size_t kFewest = 8;        // functions that can settle a shift
// Behind the last symbol there is something else.
constexpr std::uint64_t kFurthest = std::uint64_t{1} << 20;

}  // namespace

Symbols::Symbols(std::string text) : text_(std::move(text)) {
  const std::string_view whole = text_;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = std::min(whole.find('\n', at), whole.size());
    std::string_view line = whole.substr(at, end - at);
    at = end + 1;
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos || line.size() < blank + 4) continue;
    const auto address = text::number_of<std::uint64_t>(line.substr(0, blank), 16);
    const char type = line[blank + 1];
    const bool is_code = std::string_view("tTwW").find(type) != std::string_view::npos;
    if (!address || *address == 0 || !is_code) continue;
    std::string_view name = line.substr(blank + 3);
    name = name.substr(0, name.find('\t'));
    entries_.push_back({*address, static_cast<std::uint32_t>(name.data() - whole.data()),
                        static_cast<std::uint32_t>(name.size())});
  }
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.address < b.address; });
}

Symbols::Place Symbols::place_of(std::uint64_t address) const {
  auto found =
      std::upper_bound(entries_.begin(), entries_.end(), address,
                       [](std::uint64_t wanted, const Entry& e) { return wanted < e.address; });
  if (found == entries_.begin()) return {};
  const bool last = found == entries_.end();
  --found;
  if (last && address - found->address > kFurthest) return {};
  // Of several symbols at one address the kernel names the first.
  while (found != entries_.begin() && std::prev(found)->address == found->address) --found;
  return {std::string_view(text_).substr(found->name, found->length), address - found->address};
}

std::size_t Symbols::beginnings(const std::vector<std::uint64_t>& functions,
                                std::int64_t shift) const {
  return static_cast<std::size_t>(
      std::count_if(functions.begin(), functions.end(), [&](std::uint64_t function) {
        const std::uint64_t address = function - static_cast<std::uint64_t>(shift);
        const auto above = std::upper_bound(
            entries_.begin(), entries_.end(), address,
            [](std::uint64_t wanted, const Entry& e) { return wanted < e.address; });
        if (above == entries_.begin()) return false;
        const std::uint64_t inside = address - std::prev(above)->address;
        return inside == 0 || inside == kMostInside;
      }));
}

std::optional<std::int64_t> Symbols::shift_of(const std::vector<std::uint64_t>& functions) const {
  std::vector<std::uint64_t> core;
  for (const std::uint64_t function : functions)
    if (function >= kImage && function < kModules) core.push_back(function);
  if (core.empty()) return 0;
  // Symbols that fit as they are are the right ones; most functions begin where they should.
  if (beginnings(core, 0) * 10 >= core.size() * 9) return 0;
  if (core.size() < kFewest) return std::nullopt;
  std::int64_t best = 0;
  std::size_t most = 0, second = 0;
  for (std::int64_t shift = -kLargestShift; shift <= kLargestShift; shift += kShiftStep) {
    const std::size_t fit = beginnings(core, shift);
    if (fit > most) {
      second = most;
      most = fit;
      best = shift;
    } else {
      second = std::max(second, fit);
    }
  }
  if (most * 10 < core.size() * 9 || second * 2 > most) return std::nullopt;
  return best;
}

}  // namespace luproof::traces::dat
