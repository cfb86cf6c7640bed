// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json.h"

#include <nlohmann/json.hpp>

#include "report/json_text.h"
#include "report/run.h"
#include "report/run_json.h"
#include "report/why.h"

namespace luproof::report {
namespace {

using nlohmann::ordered_json;

ordered_json scope_json(const checker::Checked& checked, const checker::Finding& finding) {
  ordered_json scope = {{"topology", "this"}};
  if (finding.depth < 0)
    scope["depth"] = "all";
  else
    scope["depth"] = finding.depth;
  if (any_vfs(checked, finding)) {
    scope["vfs"] = "any";
    scope["vfs_from"] = checked.any_vfs->from;
    scope["vfs_to"] = checked.any_vfs->most;
  } else {
    scope["vfs"] = vfs(checked);
    if (const std::string why = why_not_any_vfs(checked, finding); !why.empty())
      scope["vfs_why_not_any"] = why;
  }
  scope["updates"] = checked.model->kernels - 1;
  ordered_json sizes = ordered_json::object();
  for (const auto& [name, size] : pools(checked))
    sizes[name] = {{"size", size}, {"reached", checked.statistics.pool_exhausted}};
  scope["pools"] = sizes;
  return scope;
}

}  // namespace

ordered_json finding_json(const checker::Checked& checked, const checker::Finding& finding,
                          const Request& request) {
  ordered_json choices = ordered_json::object();
  for (const auto& [name, alternative] : checked.reading.choices) choices[name] = alternative;
  const checker::Verdict verdict = believed(checked, finding);
  ordered_json out = {{"design", checked.model->name},
                      {"file", request.path},
                      {"variant", checked.reading.variant},
                      {"choices", choices},
                      {"property", finding.property},
                      {"verdict", checker::verdict_name(verdict)},
                      {"scope", scope_json(checked, finding)},
                      {"engine", finding.engine},
                      {"assumptions", assumptions(checked, finding)},
                      {"acts_on", checked.acts_on},
                      {"acts_off", checked.acts_off},
                      {"not_modelled", checked.model->not_modelled}};
  if (!checked.model->without.empty()) out["without"] = checked.model->without;
  if (const std::string reason = reason_of(checked, finding); !reason.empty())
    out["reason"] = reason;
  if (verdict == checker::Verdict::Violated) {
    out["because"] = because(checked, finding);
    out["element"] = element(checked, finding);
    out["needs"] = finding.needs;
    if (finding.violated_by_known) out["violated_by"] = finding.violated_by;
    out["shortest"] = finding.shortest;
    out["reproduce"] = reproduce(checked, finding, request);
  }
  out["steps"] = finding.run ? ordered_json(finding.run->weight) : ordered_json(nullptr);
  if (finding.run) {
    ordered_json start = ordered_json::object();
    for (const auto& [name, value] : chosen(checked, *finding.run)) start[name] = value;
    out["where"] = start;
  }
  if (const ordered_json why = why_json(checked, finding, request); !why.is_null())
    out["why"] = why;
  return out;
}

ordered_json property_json(const checker::Checked& checked, const checker::Finding& finding,
                           const Request& request) {
  ordered_json out = finding_json(checked, finding, request);
  out["reading"] = reading_json(checked, request);
  if (finding.run) out["start"] = start_json(checked, finding.run);
  out["run"] = run_json(checked, finding.run, request);
  if (finding.run && finding.run->loop >= 0) out["repeats_from"] = finding.run->loop + 1;
  if (believed(checked, finding) == checker::Verdict::Holds) {
    if (finding.witness) out["witness_start"] = start_json(checked, finding.witness);
    out["witness"] = run_json(checked, finding.witness, request);
  }
  return out;
}

std::string json(const std::vector<std::pair<checker::Checked, Request>>& results) {
  ordered_json properties = ordered_json::array(), readings = ordered_json::array();
  for (const auto& [checked, request] : results) {
    for (const checker::Finding& finding : checked.findings)
      properties.push_back(property_json(checked, finding, request));
    const checker::Statistics& s = checked.statistics;
    ordered_json reading = {{"file", request.path},
                            {"design", checked.model->name},
                            {"variant", checked.reading.variant},
                            {"states", s.states},
                            {"transitions", s.transitions},
                            {"depth", s.depth},
                            {"exhausted", s.exhausted},
                            {"never_used", checked.never_fired}};
    if (!s.stopped_by.empty()) reading["stopped_by"] = s.stopped_by;
    if (!checked.beside.empty()) reading["not_asked"] = checked.beside;
    if (!checked.broken.empty()) reading["error"] = checked.broken;
    readings.push_back(std::move(reading));
  }
  const ordered_json out = {{"command", "check"},
                            {"design", results.empty() ? "" : results.front().first.model->name},
                            {"properties", properties},
                            {"readings", readings}};
  return json_text(out);
}

}  // namespace luproof::report
