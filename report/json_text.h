// SPDX-License-Identifier: GPL-2.0-or-later
// How every report for programs is written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace luproof::report {

// Indented, with a line end. Whatever is not ASCII is escaped, and what is no UTF-8 replaced: texts
// of the input may reach a terminal this way too.
inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace luproof::report
