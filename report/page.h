// SPDX-License-Identifier: GPL-2.0-or-later
// The report for a browser: one file, which loads nothing.
//
// The page itself (report/page/) is made into a text when luproof is built. What a run has to say
// is one block of JSON in it; the page shows texts of it as texts and never as markup.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/sources.h"

namespace luproof::report {

std::string page(const nlohmann::ordered_json& data);
// Of the sources those that some rule of some reading cites.
nlohmann::ordered_json cited(const nlohmann::ordered_json& readings, const Sources& sources);

}  // namespace luproof::report
