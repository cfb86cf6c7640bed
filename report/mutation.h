// SPDX-License-Identifier: GPL-2.0-or-later
// What a design could do without, as text, as a table in markdown and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "checker/mutate.h"
#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

std::string mutation_text(const checker::Mutations& mutations, const Request& request,
                          const Style& style);
std::string mutation_markdown(const checker::Mutations& mutations, const Request& request);
nlohmann::ordered_json mutation_json(const checker::Mutations& mutations);
// kHolds if everything could be told, else kInconclusive.
int exit_status(const checker::Mutations& mutations);

}  // namespace luproof::report
