// SPDX-License-Identifier: GPL-2.0-or-later
// JSON that somebody hands in. The parser takes any depth, but whoever copies or prints a value
// recurses, and a number that no double holds is thrown: both are refused here.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace luproof::report {

struct JsonTrouble {
  std::size_t byte = 0;  // where, from 0
  std::string message;
};

// Where the text is nested deeper than anything that luproof writes; nullopt if it is not.
std::optional<JsonTrouble> nested_too_deeply(std::string_view text);

template <typename Json>
std::optional<Json> read_json(std::string_view text, JsonTrouble& trouble) {
  if (const auto deep = nested_too_deeply(text)) {
    trouble = *deep;
    return std::nullopt;
  }
  try {
    return Json::parse(text);
  } catch (const typename Json::parse_error& error) {
    trouble = {error.byte > 0 ? error.byte - 1 : 0, "this is no JSON"};
  } catch (const typename Json::exception&) {
    trouble = {0, "this is JSON with a number that is out of range"};
  }
  return std::nullopt;
}

}  // namespace luproof::report
