// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run_json.h"

#include "report/run.h"

namespace luproof::report {

using nlohmann::ordered_json;

namespace {

ordered_json row_json(const Row& row, const Request& request) {
  ordered_json changes = ordered_json::array();
  for (const Change& c : row.changes)
    changes.push_back({{"what", c.what}, {"from", c.from}, {"to", c.to}});
  ordered_json out = {{"step", row.step},     {"visible", row.visible},
                      {"actor", row.actor},   {"event", row.event},
                      {"args", row.args},     {"changes", changes},
                      {"claims", row.claims}, {"rule", row.rule},
                      {"cite", row.cite},     {"file", shown_path(row.file, request)},
                      {"line", row.line}};
  if (!row.patch.empty()) out["patch"] = row.patch;
  if (!row.fault.empty()) out["fault"] = row.fault;
  return out;
}

}  // namespace

ordered_json run_json(const checker::Checked& checked, const std::optional<checker::Run>& run,
                      const Request& request) {
  ordered_json out = ordered_json::array();
  if (run)
    for (const Row& row : rows(checked, *run)) out.push_back(row_json(row, request));
  return out;
}

}  // namespace luproof::report
