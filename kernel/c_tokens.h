// SPDX-License-Identifier: GPL-2.0-or-later
// C text as tokens: enough to tell one function's code from another's, whatever its layout.
//
// Nothing is expanded. Comments, white space, line ends and what `#if 0` hides do not count;
// directives are tokens like any others, because `#ifdef CONFIG_X` in a function is a part of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace luproof::kernel {

struct CToken {
  std::uint32_t begin = 0, length = 0;
  bool word = false;       // an identifier or a keyword
  bool first = false;      // in column 1
  bool directive = false;  // of a preprocessor line
  bool starts = false;     // the # of one

  std::string_view in(std::string_view text) const { return text.substr(begin, length); }
};

// At most 4 GiB of text, of which the caller sees to it.
std::vector<CToken> c_tokens(std::string_view text);

}  // namespace luproof::kernel
