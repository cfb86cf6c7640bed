// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/slice.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "model/source.h"

namespace luproof::traces {

std::vector<std::size_t> fewest(std::size_t count,
                                const std::function<bool(const std::vector<std::size_t>&)>& keeps,
                                int budget) {
  std::vector<std::size_t> kept(count);
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  std::size_t parts = 2;
  while (kept.size() > 1 && budget > 0) {
    const std::size_t size = (kept.size() + parts - 1) / parts;
    bool smaller = false;
    for (std::size_t at = 0; at < kept.size() && budget > 0;) {
      std::vector<std::size_t> fewer(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(at));
      const std::size_t end = std::min(at + size, kept.size());
      fewer.insert(fewer.end(), kept.begin() + static_cast<std::ptrdiff_t>(end), kept.end());
      --budget;
      if (!fewer.empty() && keeps(fewer)) {
        kept = std::move(fewer);
        smaller = true;
      } else {
        at = end;
      }
    }
    if (size == 1 && !smaller) break;
    parts = smaller ? std::max<std::size_t>(2, parts - 1) : parts * 2;
    parts = std::min(parts, kept.size());
  }
  return kept;
}

bool same_verdict(const TraceVerdict& a, const TraceVerdict& b) {
  if (a.outcome != b.outcome) return false;
  if (a.outcome != Outcome::Violates) return true;
  const TraceViolation& x = a.violations.front();
  const TraceViolation& y = b.violations.front();
  return x.property == y.property && x.function == y.function && x.event == y.event &&
         x.trust == y.trust && x.quote == y.quote;
}

std::string slice_text(const std::vector<OwnedLine>& lines, const std::string& path,
                       const std::string& format) {
  std::string numbers;
  for (const OwnedLine& line : lines)
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", line.line().number);
  std::string text = fmt::format("# tracer: {}\n# Cut from {} by luproof, lines {}\n",
                                 format == "function_graph text" ? "function_graph" : "function",
                                 model::printable(path), numbers);
  for (const OwnedLine& line : lines) {
    text += line.line().quote;
    text += '\n';
  }
  return text;
}

}  // namespace luproof::traces
