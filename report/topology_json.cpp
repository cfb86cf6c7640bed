// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/topology_json.h"

#include <nlohmann/json.hpp>

namespace luproof::report {

using nlohmann::ordered_json;

ordered_json topology_json(const model::Topology& topology) {
  static constexpr const char* kKinds[] = {"port", "pf", "vf", "other"};
  ordered_json out = ordered_json::array();
  for (const model::PciFunction& function : topology.functions) {
    ordered_json each = {{"name", function.name},
                         {"kind", kKinds[static_cast<int>(function.kind)]},
                         {"parent", function.parent}};
    if (function.has_address && !function.open_address && function.bdf.text() != function.name)
      each["bdf"] = function.bdf.text();
    if (function.pf >= 0) each["pf"] = function.pf;
    if (function.any_parent || function.any_pf) each["open"] = true;
    out.push_back(std::move(each));
  }
  return out;
}

ordered_json path_json(const model::Topology& topology, int function) {
  if (function < 0) return ordered_json::array();
  return model::dependency_closure(topology, function);
}

}  // namespace luproof::report
