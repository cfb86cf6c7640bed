// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_read.h"

namespace luproof::report {

std::optional<JsonTrouble> nested_too_deeply(std::string_view text) {
  constexpr int kDeepest = 64;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return JsonTrouble{i, "JSON nested more than 64 levels deep"};
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace luproof::report
