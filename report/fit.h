// SPDX-License-Identifier: GPL-2.0-or-later
// A report for a terminal of so many columns: long lines go on in the next one, below their own
// text. Only a terminal's: what is piped keeps its lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace luproof::report {

// `width` 0: as it is. Commands ("luproof …", also behind "again:") stay one piece, to be copied.
std::string fit(std::string_view text, std::size_t width);

}  // namespace luproof::report
