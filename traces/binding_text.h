// SPDX-License-Identifier: GPL-2.0-or-later
// The two small notations inside a binding: calls of events and conditions on arguments.
#pragma once

#include "model/yaml_tree.h"
#include "traces/binding.h"

namespace luproof::traces {

// "8", "0x10"
std::optional<std::int64_t> read_number(std::string_view text);

// `event(d, true, vf(p, id))`: d, p are parameters, id is an argument of the line.
std::optional<EventCall> read_event_call(const model::YamlNode& node,
                                         const std::vector<Meaning::Parameter>& parameters,
                                         model::Diagnostics& diagnostics);

// `where == d.sriov_cap + 8`, `enable != 0`
std::optional<Condition> read_condition(const model::YamlNode& node,
                                        const std::vector<Meaning::Parameter>& parameters,
                                        model::Diagnostics& diagnostics);

}  // namespace luproof::traces
