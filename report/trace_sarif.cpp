// SPDX-License-Identifier: GPL-2.0-or-later
// Made from the JSON object of each run, as the other forms are.
#include <fmt/format.h>

#include "report/sarif.h"
#include "report/sarif_log.h"
#include "report/trace_batch_run.h"

namespace luproof::report {
namespace {

using Json = SarifLog::Json;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

void add_property(SarifLog& log, const std::string& property, const std::string& sentence) {
  log.add_rule(property,
               {{"shortDescription", sarif_message(sentence.empty() ? property : sentence)},
                {"defaultConfiguration", {{"level", "error"}}}});
}

// What the functions of a run were held to, violated or not.
void catalogue(SarifLog& log, const Json& json, const Sources& sources) {
  for (const Json& each : json.value("promised", Json::array()))
    log.add_rule(
        text_of(each, "property"),
        sarif_rule({text_of(each, "property"), text_of(each, "because"), text_of(each, "about"),
                    text_of(each, "pack"), each.value("cite", std::vector<std::string>())},
                   sources));
}

void violation(SarifLog& log, const Json& v) {
  const std::string property = text_of(v, "property"), because = text_of(v, "because");
  const bool certain = text_of(v, "trust") == "certain";
  const std::int64_t line = number_of(v, "line"), by = number_of(v, "by_line");
  std::string text = text_of(v, "function") + ": " + (because.empty() ? property : because);
  if (const std::string event = text_of(v, "event"); !event.empty()) text += " By " + event + ".";
  if (line == 0 && by > 0) text += " No line shows the step itself; it had happened by this one.";
  if (!certain) text += " A violation unless the capture hides something.";
  if (const std::string reason = text_of(v, "reason"); !reason.empty()) text += " " + reason;
  add_property(log, property, because);
  Json result = {{"level", certain ? "error" : "warning"},
                 {"message", sarif_message(text)},
                 {"locations", Json::array({sarif_location(text_of(v, "file"), line ? line : by)})},
                 {"partialFingerprints",
                  {{"luproof/v1", fmt::format("{}|{}|{}", property, text_of(v, "function"),
                                              text_of(v, "event"))}}}};
  const std::string standing = text_of(v, "standing");
  if (standing == "new") result["baselineState"] = "new";
  if (standing == "known" || standing == "expired") result["baselineState"] = "unchanged";
  if (standing == "known")
    result["suppressions"] = Json::array(
        {{{"kind", "external"},
          {"status", "accepted"},
          {"justification", text_of(v, "listed") + " (" + text_of(v, "listed_at") + ")"}}});
  log.add_result(property, std::move(result));
}

// The lines that a run of the design goes through.
Json flow_of(const Json& design) {
  Json steps = Json::array();
  for (const Json& step : design.value("run", Json::array()))
    if (number_of(step, "line") > 0)
      steps.push_back({{"location", sarif_location(text_of(step, "file"), number_of(step, "line"),
                                                   text_of(step, "step"))}});
  if (steps.empty()) return Json::array();
  return Json::array({{{"message", sarif_message("a run of " + text_of(design, "design"))},
                       {"threadFlows", Json::array({{{"locations", std::move(steps)}}})}}});
}

void of_design(SarifLog& log, const Json& design) {
  const std::string answer = text_of(design, "answer");
  if (answer != "violates" && answer != "unexplained") return;
  const bool violates = answer == "violates";
  const std::string rule = violates ? text_of(design, "property") : "unexplained";
  if (violates)
    add_property(log, rule, text_of(design, "reason"));
  else
    add_property(log, rule, "No run of the design explains the capture.");
  Json result = {
      {"level", "error"},
      {"message",
       sarif_message(fmt::format("{}: {} {}", text_of(design, "design"),
                                 violates ? "the run that the lines show violates " + rule + "."
                                          : "no run explains this line:",
                                 violates ? text_of(design, "reason") : text_of(design, "event")))},
      {"locations",
       Json::array({sarif_location(text_of(design, "file"), number_of(design, "line"))})}};
  if (Json flow = flow_of(design); !flow.empty()) result["codeFlows"] = std::move(flow);
  log.add_result(rule, std::move(result));
}

}  // namespace

std::string trace_sarif(const TraceRuns& all, const Sources& sources) {
  SarifLog log;
  for (const TraceRun& run : all.runs) {
    const RunFacts facts = facts_of(run);
    if (facts.json.is_null()) {
      log.failed();
      log.notify("error", run.name + ": " + facts.what);
      continue;
    }
    catalogue(log, facts.json, sources);
    for (const Json& each : facts.json.value("violations", Json::array())) violation(log, each);
    if (const auto design = facts.json.find("design");
        design != facts.json.end() && design->is_object())
      of_design(log, *design);
    if (facts.verdict == "inconclusive")
      log.notify(all.inconclusive_fails ? "error" : "warning", run.name + ": " + facts.what);
  }
  return log.text();
}

}  // namespace luproof::report
