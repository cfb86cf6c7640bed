// SPDX-License-Identifier: GPL-2.0-or-later
// Names of a spec, made harmless for other languages.
//
// A name is somebody's text. What an identifier is made of and what ends a comment or a string
// differs from language to language, so only what is harmless in all of them is let through.
#pragma once

#include <string>
#include <string_view>

namespace luproof::checker::exporter {

// "v12_function_bus_master_pf0": the prefix and the number make it unique and no keyword.
std::string identifier(char prefix, std::size_t number, std::string_view text);
// Text for a comment or a string: one line, and nothing that could end either.
std::string harmless(std::string_view text);

}  // namespace luproof::checker::exporter
