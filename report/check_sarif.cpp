// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "report/run.h"
#include "report/sarif.h"
#include "report/sarif_log.h"

namespace luproof::report {
namespace {

using checker::Checked;
using checker::Finding;
using checker::Verdict;
using Json = SarifLog::Json;

Json rule_of(const Checked& checked, const Finding& finding, const Sources& sources) {
  const std::string sentence = because(checked, finding);
  if (finding.index < 0) return sarif_rule({finding.property, sentence, "", "", {}}, sources);
  const model::Origin& origin = checked.model->properties[finding.index].origin;
  return sarif_rule({finding.property, sentence, origin.about, origin.pack, origin.cite}, sources);
}

bool told(const Row& row, const std::vector<Row>& all) {
  return row.visible || row.kexec || !row.fault.empty() || &row == &all.back();
}

Json flow_of(const std::vector<Row>& all, const std::string& name, const Request& request) {
  Json steps = Json::array();
  for (const Row& row : all) {
    if (!told(row, all)) continue;
    Json state = Json::object();
    for (const Change& change : row.changes)
      state[model::printable(change.what)] = sarif_message(change.to);
    Json step = {
        {"location", sarif_location(shown_path(row.file, request), row.line, row.step_text())},
        {"executionOrder", row.step},
        {"importance", &row == &all.back() ? "essential" : "important"}};
    if (!state.empty()) step["state"] = std::move(state);
    steps.push_back(std::move(step));
  }
  return {{"message", sarif_message(name)},
          {"threadFlows", Json::array({{{"locations", std::move(steps)}}})}};
}

Json violation(const Checked& checked, const Finding& finding, const Request& request) {
  const std::string who = element(checked, finding);
  std::string text = because(checked, finding);
  if (text.empty()) text = finding.property + " is violated.";
  if (!who.empty()) text += " (for " + who + ")";
  std::string last;
  Json location = sarif_location(shown_path(request.path, request), 0), flows = Json::array();
  if (finding.run && !finding.run->steps.empty()) {
    const std::vector<Row> all = rows(checked, *finding.run);
    last = all.back().text();
    text += fmt::format(" Violated in {} by {}.",
                        counted(static_cast<std::size_t>(finding.run->weight), "visible step"),
                        all.back().step_text());
    location = sarif_location(shown_path(all.back().file, request), all.back().line);
    flows.push_back(flow_of(all, title(checked), request));
  }
  if (!finding.reason.empty()) text += " " + finding.reason + ".";
  text += fmt::format(" Design: {}. Scope: {}. Again: {}", title(checked),
                      scope_text(checked, finding), reproduce(checked, finding, request));
  Json result = {{"level", "error"},
                 {"message", sarif_message(text)},
                 {"locations", Json::array({std::move(location)})}};
  if (finding.index >= 0) {
    const model::Span& span = checked.model->properties[finding.index].origin.span;
    if (span.source) {
      Json promise = sarif_location(shown_path(span.source->path, request), span.line,
                                    "the property " + finding.property);
      promise["id"] = 0;
      result["relatedLocations"] = Json::array({std::move(promise)});
    }
  }
  if (!flows.empty()) result["codeFlows"] = std::move(flows);
  // The same wherever lines move to.
  result["partialFingerprints"] = {
      {"luproof/v1",
       model::printable(fmt::format("{}|{}|{}|{}", title(checked), finding.property, who, last))}};
  return result;
}

}  // namespace

std::string check_sarif(const std::vector<std::pair<Checked, Request>>& results,
                        const Sources& sources) {
  SarifLog log;
  for (const auto& [checked, request] : results) {
    if (!checked.broken.empty()) {
      log.failed();
      log.notify("error", title(checked) + ": luproof is wrong here: " + checked.broken);
    }
    for (const std::string& fault : checked.beside)
      log.notify("warning",
                 title(checked) + ": some runs end in " + fault + ", which was not asked for");
    for (const Finding& finding : checked.findings) {
      log.add_rule(finding.property, rule_of(checked, finding, sources));
      const Verdict verdict = believed(checked, finding);
      if (verdict == Verdict::Violated)
        log.add_result(finding.property, violation(checked, finding, request));
      else if (verdict != Verdict::Holds)
        log.notify("warning",
                   fmt::format("{}: {} is {}: {}", title(checked), finding.property,
                               checker::verdict_name(verdict), reason_of(checked, finding)));
    }
  }
  return log.text();
}

}  // namespace luproof::report
