// SPDX-License-Identifier: GPL-2.0-or-later
// Colour is emphasis only: every report says the same without it.
#pragma once

#include <string>
#include <string_view>

namespace luproof::report {

struct Style {
  bool colour = false;

  std::string bold(std::string_view text) const { return in("1", text); }
  std::string dim(std::string_view text) const { return in("2", text); }
  std::string red(std::string_view text) const { return in("1;31", text); }
  std::string green(std::string_view text) const { return in("32", text); }
  std::string yellow(std::string_view text) const { return in("33", text); }

 private:
  std::string in(std::string_view code, std::string_view text) const {
    if (!colour || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }
};

}  // namespace luproof::report
