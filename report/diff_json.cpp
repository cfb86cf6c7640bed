// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "report/diff_report.h"
#include "report/json_text.h"
#include "report/run_json.h"

namespace luproof::report {
namespace {

using checker::BehaviourGroup;
using checker::Checked;
using checker::Diff;
using checker::Of;
using checker::ReadingDiff;
using nlohmann::ordered_json;

const char* side_name(Of of) { return of == Of::A ? "a" : "b"; }

ordered_json reading_json(const model::Reading& reading) {
  ordered_json choices = ordered_json::object();
  for (const auto& [name, alternative] : reading.choices) choices[name] = alternative;
  return {{"variant", reading.variant}, {"choices", choices}};
}

ordered_json readings_json(const std::vector<model::Reading>& readings) {
  ordered_json out = ordered_json::array();
  for (const model::Reading& reading : readings) out.push_back(reading_json(reading));
  return out;
}

ordered_json verdicts_json(const ReadingDiff& d, const DiffRequest& request) {
  ordered_json out = ordered_json::array();
  for (const checker::VerdictChange& change : d.verdicts) {
    ordered_json one = {{"reading", reading_json(d.a.reading)},
                        {"property", change.property},
                        {"from", change.from},
                        {"to", change.to}};
    for (const Of of : {Of::A, Of::B}) {
      const Checked& checked = of == Of::A ? d.a : d.b;
      const int at = of == Of::A ? change.at_a : change.at_b;
      if (at < 0) continue;
      const checker::Finding& finding = checked.findings[static_cast<std::size_t>(at)];
      if (const std::string reason = reason_of(checked, finding); !reason.empty())
        one[std::string("reason_") + side_name(of)] = reason;
      if (believed(checked, finding) != checker::Verdict::Violated) continue;
      one["violated_in"] = side_name(of);
      one["because"] = because(checked, finding);
      one["element"] = element(checked, finding);
      one["run"] = run_json(checked, finding.run, of == Of::A ? request.a : request.b);
    }
    out.push_back(std::move(one));
  }
  return out;
}

ordered_json assumptions_json(const ReadingDiff& d, const DiffRequest& request) {
  ordered_json out = ordered_json::array();
  for (const checker::AssumptionChange& change : d.assumptions) {
    ordered_json one = {{"reading", reading_json(d.a.reading)},
                        {"name", change.name},
                        {"only_in", side_name(change.of)},
                        {"kind", change.status ? "status" : "assume"}};
    if (!change.because.empty()) one["because"] = change.because;
    if (!change.status) {
      one["load_bearing"] = change.load_bearing      ? ordered_json(true)
                            : change.unknown.empty() ? ordered_json(false)
                                                     : ordered_json(nullptr);
      if (!change.unknown.empty()) one["reason"] = change.unknown;
      ordered_json falls = ordered_json::array();
      for (const auto& fall : change.falls) {
        ordered_json turned = {{"property", fall.property}, {"from", fall.from}, {"to", fall.to}};
        for (const checker::Finding& finding : change.without->findings)
          if (finding.property == fall.property && finding.verdict == checker::Verdict::Violated)
            turned["run"] =
                run_json(*change.without, finding.run, change.of == Of::A ? request.a : request.b);
        falls.push_back(std::move(turned));
      }
      one["without"] = falls;
    }
    out.push_back(std::move(one));
  }
  return out;
}

void behaviours_json(const ReadingDiff& d, Of of, const DiffRequest& request, ordered_json& out) {
  const Checked& checked = of == Of::A ? d.a : d.b;
  for (const BehaviourGroup& group : of == Of::A ? d.only_a : d.only_b) {
    ordered_json members = ordered_json::array();
    for (const checker::Behaviour& member : group.members) {
      ordered_json one = {{"what", member.event + member.detail}};
      if (member.run)
        one["run"] = run_json(checked, member.run, of == Of::A ? request.a : request.b);
      members.push_back(std::move(one));
    }
    out.push_back({{"reading", reading_json(d.a.reading)},
                   {"only_in", side_name(of)},
                   {"event", group.event},
                   {"kernel", group.kernel},
                   {"behaviours", members}});
  }
}

ordered_json rule_json(const std::optional<model::Rule>& rule, const Request& request) {
  if (!rule) return nullptr;
  ordered_json out = {{"id", rule->id},     {"signature", rule->signature},
                      {"text", rule->text}, {"about", rule->about},
                      {"cite", rule->cite}, {"status", rule->status}};
  if (!rule->patch.empty()) out["patch"] = rule->patch;
  if (!rule->at.empty()) out["at"] = rule->at;
  if (rule->span.source) {
    out["file"] = shown_path(rule->span.source->path, request);
    out["line"] = rule->span.line;
  }
  return out;
}

ordered_json rules_json(const Diff& diff, const DiffRequest& request) {
  ordered_json out = ordered_json::array();
  for (const checker::RuleChange& change : diff.rules) {
    std::vector<model::Reading> readings;
    for (const int reading : change.readings)
      readings.push_back(diff.readings[static_cast<std::size_t>(reading)].a.reading);
    const char* how = !change.a ? "gained" : !change.b ? "lost" : "changed";
    out.push_back({{"change", how},
                   {"kind", change.kind},
                   {"name", change.name},
                   {"readings", readings_json(readings)},
                   {"a", rule_json(change.a, request.a)},
                   {"b", rule_json(change.b, request.b)}});
  }
  return out;
}

ordered_json side_json(const std::string& name, const Request& request, const Checked* checked) {
  return {{"name", name}, {"file", request.path}, {"about", checked ? checked->model->about : ""}};
}

void append(ordered_json& to, ordered_json from) {
  for (ordered_json& one : from) to.push_back(std::move(one));
}

}  // namespace

std::string diff_json(const Diff& diff, const DiffRequest& request) {
  ordered_json readings = ordered_json::array(), verdicts = readings, assumptions = readings,
               behaviours = readings;
  for (const ReadingDiff& d : diff.readings) {
    ordered_json one = {{"a", reading_json(d.a.reading)},
                        {"b", reading_json(d.b.reading)},
                        {"differs", d.differs},
                        {"unknown", d.unknown}};
    if (!d.undecided.empty()) one["undecided"] = d.undecided;
    if (!d.behaviours_unknown.empty()) one["behaviours_unknown"] = d.behaviours_unknown;
    for (const Checked* side : {&d.a, &d.b})
      if (!side->broken.empty()) one["error"] = side->broken;
    readings.push_back(std::move(one));
    append(verdicts, verdicts_json(d, request));
    append(assumptions, assumptions_json(d, request));
    behaviours_json(d, Of::A, request, behaviours);
    behaviours_json(d, Of::B, request, behaviours);
  }
  const ordered_json out = {{"command", "diff"},
                            {"a", side_json(request.name_a, request.a,
                                            diff.readings.empty() ? nullptr : &diff.readings[0].a)},
                            {"b", side_json(request.name_b, request.b,
                                            diff.readings.empty() ? nullptr : &diff.readings[0].b)},
                            {"as_files", diff.as_files},
                            {"readings", readings},
                            {"only_in_a", readings_json(diff.only_a)},
                            {"only_in_b", readings_json(diff.only_b)},
                            {"verdicts", verdicts},
                            {"rules", rules_json(diff, request)},
                            {"assumptions", assumptions},
                            {"behaviours", behaviours}};
  return json_text(out);
}

}  // namespace luproof::report
