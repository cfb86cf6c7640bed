// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/size.h"

#include <cctype>
#include <limits>
#include <string_view>

namespace luproof::model {

std::optional<std::size_t> parse_size(const std::string& text) {
  std::size_t number = 0, at = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (number > std::numeric_limits<std::size_t>::max() / 1000) return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(text[at++] - '0');
  }
  static constexpr std::string_view kUnits = "KMGT";
  std::size_t shift = 0;
  if (at > 0 && at + 1 == text.size()) {
    const std::size_t unit =
        kUnits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text[at]))));
    if (unit == std::string_view::npos) return std::nullopt;
    shift = 10 * (unit + 1);
    ++at;
  }
  if (at == 0 || at != text.size() || number == 0 ||
      number > (std::numeric_limits<std::size_t>::max() >> shift))
    return std::nullopt;
  return number << shift;
}

}  // namespace luproof::model
