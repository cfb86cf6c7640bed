// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "report/ask_grid.h"
#include "report/ask_report.h"
#include "report/json.h"
#include "report/json_text.h"
#include "report/run_json.h"

namespace luproof::report {
namespace {

using checker::ask::Measured;
using AskRow = checker::ask::Row;
using nlohmann::ordered_json;

ordered_json measured_json(const AskRow& row, const Measured& m, const Request& request) {
  ordered_json out = {{"text", m.text()}};
  if (!m.unknown.empty()) {
    out["unknown"] = m.unknown;
    return out;
  }
  out["begins"] = m.begins;
  out["may_never"] = m.may_never;
  out["fewest"] = m.ends ? ordered_json(m.fewest) : ordered_json(nullptr);
  out["most"] = m.ends && !m.unbounded ? ordered_json(m.most) : ordered_json(nullptr);
  out["unbounded"] = m.unbounded;
  out["run"] = run_json(row.checked, m.worst, request);
  return out;
}

ordered_json row_json(const checker::ask::Table& table, const AskRow& row, const Request& request) {
  ordered_json choices = ordered_json::object();
  for (const auto& [name, alternative] : row.reading.choices) choices[name] = alternative;
  ordered_json out = {{"name", table.name(row)},
                      {"variant", row.reading.variant},
                      {"alternative", row.alternative},
                      {"choices", choices}};
  if (!row.checked.model) {
    out["error"] = row.error;
    return out;
  }
  ordered_json properties = ordered_json::array(), measured = ordered_json::object();
  for (const checker::Finding& f : row.checked.findings)
    properties.push_back(property_json(row.checked, f, request));
  for (std::size_t c = 0; c < row.measured.size(); ++c)
    measured[table.question.criteria[c].name] = measured_json(row, row.measured[c], request);
  out["properties"] = properties;
  out["measured"] = measured;
  out["assumptions"] = checker::ask::assumed(row);
  out["states"] = row.checked.statistics.states;
  out["exhausted"] = row.checked.statistics.exhausted;
  if (!row.checked.broken.empty()) out["error"] = row.checked.broken;
  return out;
}

}  // namespace

std::string ask_json(const checker::ask::Table& table, const AskRequest& request) {
  using Want = model::Criterion::Want;
  ordered_json criteria = ordered_json::array(), rows = ordered_json::array(),
               worse = ordered_json::array();
  for (const model::Criterion& c : table.question.criteria)
    criteria.push_back({{"name", c.name},
                        {"about", c.about},
                        {"unit", c.unit},
                        {"want", c.want == Want::Less   ? "less"
                                 : c.want == Want::More ? "more"
                                                        : ""}});
  for (const AskRow& row : table.rows) rows.push_back(row_json(table, row, request.base));
  for (const auto& [b, reasons] : table.worse)
    for (const checker::ask::Worse& w : reasons)
      worse.push_back({{"alternative", table.alternatives[b]},
                       {"than", table.alternatives[w.than]},
                       {"row", table.name(table.rows[w.row])},
                       {"because", reason(table, w)}});
  const ordered_json out = {{"command", "ask"},
                            {"file", request.base.path},
                            {"about", request.about},
                            {"criteria", criteria},
                            {"choices", table.choices},
                            {"alternatives", table.alternatives},
                            {"rows", rows},
                            {"worse", worse}};
  return json_text(out);
}

}  // namespace luproof::report
