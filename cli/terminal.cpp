// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace luproof::cli {

std::size_t terminal_width() {
  if (!isatty(STDOUT_FILENO)) return 0;
  if (const char* const said = std::getenv("COLUMNS")) {
    const std::string_view text = said;
    std::size_t columns = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), columns);
    if (end.ptr == text.data() + text.size() && columns > 0) return columns;
  }
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace luproof::cli
