// SPDX-License-Identifier: GPL-2.0-or-later
// A series beside a design, for people, mails and programs; and the first lines of a new design.
#pragma once

#include <string>

#include "kernel/mapping.h"
#include "report/facts.h"

namespace luproof::report {

int exit_status(const kernel::Mapping& mapping);
std::string map_text(const kernel::Mapping& mapping, const Request& request);
std::string map_markdown(const kernel::Mapping& mapping, const Request& request);
std::string map_json(const kernel::Mapping& mapping, const Request& request);

// A design that loads: what is new as procedures without code, what a pack has as overrides in
// comments, the rest as not modelled.
std::string skeleton(const kernel::Mapping& mapping, const std::string& name);

}  // namespace luproof::report
