// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace luproof::model {

// "512M" in bytes; nullopt if it is no size.
std::optional<std::size_t> parse_size(const std::string& text);

}  // namespace luproof::model
