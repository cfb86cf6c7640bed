// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run_json.h"

#include "checker/named_run.h"
#include "report/run.h"

namespace luproof::report {

using nlohmann::ordered_json;

namespace {

ordered_json label_json(const checker::StepName& name) {
  ordered_json out = ordered_json::object();
  if (name.actor.empty()) {
    out["event"] = name.event;
    out["args"] = name.args;
  } else {
    out["actor"] = name.actor;
    out["in"] = name.in;
    out["statement"] = name.statement;
    out["nth"] = name.nth;
  }
  if (!name.choices.empty()) out["choices"] = name.choices;
  return out;
}

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
  if (!run) return out;
  const auto named = checker::name_run(*checked.model, *checked.layout, *run);
  for (const Row& row : rows(checked, *run)) {
    out.push_back(row_json(row, request));
    if (named) out.back()["label"] = label_json(named->steps[out.size() - 1]);
  }
  return out;
}

ordered_json start_json(const checker::Checked& checked, const std::optional<checker::Run>& run) {
  if (!run || run->states.empty()) return nullptr;
  ordered_json out = ordered_json::object();
  for (const auto& [name, value] :
       checker::free_values(*checked.model, *checked.layout, run->states[0]))
    out[name] = value;
  return out;
}

ordered_json reading_json(const checker::Checked& checked, const Request& request) {
  std::map<std::string, std::string> choose = request.choose;
  for (const auto& [name, alternative] : checked.reading.choices) choose[name] = alternative;
  ordered_json chosen = ordered_json::object();
  for (const auto& [name, alternative] : choose) chosen[name] = alternative;
  ordered_json out = {{"variant", checked.reading.variant}, {"choose", chosen}};
  if (!checked.reading.later.empty()) out["then"] = checked.reading.later;
  if (!request.allow.empty()) out["allow"] = request.allow;
  if (!request.without.empty()) out["without"] = request.without;
  if (!request.topology.empty()) out["topology"] = request.topology;
  if (request.vfs > 0) out["vfs"] = request.vfs;
  return out;
}

}  // namespace luproof::report
