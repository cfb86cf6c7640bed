// SPDX-License-Identifier: GPL-2.0-or-later
// A state has thousands of cells with few different texts, and runs share most of their rules, so
// texts, rules and runs are written once and referred to by their number.
#include "report/check_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/page.h"
#include "report/run.h"
#include "report/state_cells.h"
#include "report/topology_json.h"

namespace luproof::report {
namespace {

using checker::Checked;
using checker::Finding;
using checker::Run;
using checker::Verdict;
using nlohmann::ordered_json;

class Reading {
 public:
  Reading(const Checked& checked, const Request& request)
      : checked_(checked), request_(request), cells_(checked) {}

  ordered_json json();

 private:
  ordered_json finding(const Finding& finding);
  ordered_json cells() const;
  std::size_t run_number(const Run& run);
  ordered_json step(const Run& run, const Row& row);
  std::size_t rule_number(const Row& row);
  std::size_t text_number(const std::string& text);
  std::string heading(const Finding& finding) const;
  int function_of(const Finding& finding) const;

  const Checked& checked_;
  const Request& request_;
  const StateCells cells_;
  std::map<std::string, std::size_t> texts_;
  ordered_json text_list_ = ordered_json::array(), rules_ = ordered_json::array(),
               runs_ = ordered_json::array();
  std::map<std::string, std::size_t> rule_numbers_;
  std::vector<const Run*> known_;  // of `runs_`
  std::vector<std::string> actors_;
};

std::size_t Reading::text_number(const std::string& text) {
  const auto [at, fresh] = texts_.emplace(text, text_list_.size());
  if (fresh) text_list_.push_back(text);
  return at->second;
}

std::size_t Reading::rule_number(const Row& row) {
  const std::string key = fmt::format("{}:{} {} {}", row.file, row.line, row.rule, row.event);
  const auto [at, fresh] = rule_numbers_.emplace(key, rules_.size());
  if (!fresh) return at->second;
  ordered_json rule = {{"name", row.rule},
                       {"file", shown_path(row.file, request_)},
                       {"line", row.line},
                       {"cite", row.cite}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty() && !rule.contains(name)) rule[name] = text;
  };
  add("patch", row.patch);
  for (const model::Origin* origin : {row.event_origin, row.origin}) {
    if (!origin) continue;
    add("about", origin->about);
    add("status", origin->status);
    add("at", origin->at);
    if (!origin->overridden_by.empty() && !rule.contains("by")) rule["by"] = origin->overridden_by;
  }
  rules_.push_back(std::move(rule));
  return at->second;
}

ordered_json Reading::step(const Run& run, const Row& row) {
  if (std::find(actors_.begin(), actors_.end(), row.actor) == actors_.end())
    actors_.push_back(row.actor);
  ordered_json out = {{"visible", row.visible},
                      {"actor", row.actor},
                      {"text", row.text()},
                      {"rule", rule_number(row)}};
  if (!row.claims.empty()) out["claims"] = row.claims;
  if (row.kexec) out["kexec"] = true;
  if (!row.fault.empty()) out["fault"] = row.fault;
  if (!row.fault_where.empty()) out["fault_where"] = row.fault_where;
  // What changes by being taken away at a kexec is left out of the rows of a run, but has to be
  // here, or the states behind it would be wrong.
  ordered_json to = ordered_json::array();
  const std::size_t i = static_cast<std::size_t>(row.step) - 1;
  if (i + 1 < run.states.size() && !run.states[i].empty() && !run.states[i + 1].empty())
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
      if (cells_.same(cell, run.states[i], run.states[i + 1])) continue;
      to.push_back({cell, text_number(cells_.text(cell, run.states[i + 1]))});
    }
  out["to"] = std::move(to);
  return out;
}

std::size_t Reading::run_number(const Run& run) {
  for (std::size_t i = 0; i < known_.size(); ++i)
    if (known_[i]->steps == run.steps && known_[i]->fault == run.fault &&
        known_[i]->states.front() == run.states.front())
      return i;
  ordered_json start = ordered_json::array(), steps = ordered_json::array();
  for (std::size_t cell = 0; cell < cells_.size(); ++cell)
    start.push_back(text_number(cells_.text(cell, run.states.front())));
  for (const Row& row : rows(checked_, run)) steps.push_back(step(run, row));
  ordered_json where = ordered_json::array();
  for (const auto& [name, value] : chosen(checked_, run)) where.push_back(name + " = " + value);
  runs_.push_back({{"where", where}, {"start", start}, {"steps", steps}});
  known_.push_back(&run);
  return runs_.size() - 1;
}

std::string Reading::heading(const Finding& finding) const {
  switch (believed(checked_, finding)) {
    case Verdict::Holds:
      return "holds";
    case Verdict::Violated:
      return finding.run ? fmt::format("is violated in {}",
                                       counted(static_cast<std::size_t>(finding.run->weight),
                                               "visible step"))
                         : "is violated";
    case Verdict::Unknown:
      return finding.depth < 0 || !checked_.broken.empty()
                 ? "is not decided"
                 : fmt::format("is not decided: not found within {}",
                               counted(static_cast<std::size_t>(finding.depth), "step"));
    case Verdict::Vacuous:
      return "says nothing here";
  }
  return "";
}

// The function for which a property is violated, or which the last step is about; -1: none.
int Reading::function_of(const Finding& finding) const {
  std::vector<std::string> candidates = {element(checked_, finding)};
  if (finding.run && candidates.front().empty()) {
    const std::vector<Row> all = rows(checked_, *finding.run);
    if (!all.empty()) candidates = all.back().args;
  }
  const auto& names = checked_.model->sorts[model::kFunction].names;
  for (const std::string& name : candidates) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at != names.end()) return static_cast<int>(at - names.begin());
  }
  return -1;
}

ordered_json Reading::finding(const Finding& finding) {
  ordered_json out = finding_json(checked_, finding, request_);
  out["heading"] = heading(finding);
  out["scope_text"] = scope_text(checked_, finding);
  out["path"] = path_json(checked_.model->topology, function_of(finding));
  if (finding.claim >= 0) out["claim"] = checked_.model->claims[finding.claim].name;
  if (!out.contains("because")) out["because"] = because(checked_, finding);
  const auto& run = finding.run ? finding.run : finding.witness;
  if (!run || run->states.empty() || !checked_.broken.empty()) return out;
  out["run"] = run_number(*run);
  ordered_json changed = ordered_json::array();
  for (const Override& o : overrides(checked_, rows(checked_, *run)))
    changed.push_back({{"what", o.what}, {"by", o.by}, {"patch", o.patch}, {"at", o.at}});
  out["overrides"] = changed;
  return out;
}

ordered_json Reading::cells() const {
  ordered_json out = ordered_json::array();
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    const std::vector<int> of = cells_.functions(cell);
    out.push_back({{"name", cells_.name(cell)}, {"of", of}});
  }
  return out;
}

ordered_json Reading::json() {
  ordered_json findings = ordered_json::array(), lanes = ordered_json::array();
  for (const Finding& each : checked_.findings) findings.push_back(finding(each));
  // In the order in which the spec declares them; then who only causes events.
  for (std::size_t i = 0; i < checked_.layout->instances().size(); ++i) {
    const std::string name = checked_.layout->instance_name(static_cast<int>(i));
    const auto at = std::find(actors_.begin(), actors_.end(), name);
    if (at == actors_.end()) continue;
    lanes.push_back(name);
    actors_.erase(at);
  }
  for (const std::string& name : actors_) lanes.push_back(name);
  ordered_json out = {{"title", title(checked_)},
                      {"about", checked_.model->about},
                      {"file", shown_path(request_.path, request_)},
                      {"functions", topology_json(checked_.model->topology)},
                      {"actors", lanes},
                      {"cells", cells()},
                      {"texts", text_list_},
                      {"rules", rules_},
                      {"runs", runs_},
                      {"findings", findings}};
  if (!checked_.broken.empty()) out["broken"] = checked_.broken;
  return out;
}

}  // namespace

std::string check_page(const std::vector<std::pair<Checked, Request>>& results,
                       const Sources& sources) {
  ordered_json readings = ordered_json::array();
  for (const auto& [checked, request] : results)
    readings.push_back(Reading(checked, request).json());
  return page(
      {{"command", "check"}, {"sources", cited(readings, sources)}, {"readings", readings}});
}

}  // namespace luproof::report
