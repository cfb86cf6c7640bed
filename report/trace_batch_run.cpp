// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_batch_run.h"

#include <fmt/format.h>

#include "report/facts.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;

namespace {

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// "line 193", "old.trace:193", "by line 346", or the file alone. A run with one capture has no need
// to repeat its name.
std::string place_of(const Json& json, const TraceRun& run) {
  const std::string path = text_of(json, "file");
  const std::string file = path.substr(path.rfind('/') + 1);
  const bool alone = run.captures.size() == 1;
  const auto number = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
  };
  if (number("line") > 0)
    return alone ? fmt::format("at line {}", number("line"))
                 : fmt::format("at {}:{}", file, number("line"));
  if (number("by_line") > 0)
    return fmt::format("by line {}{}", number("by_line"), alone ? "" : " of " + file);
  return file.empty() ? "" : "in " + file;
}

// Whether a property of the design is what is violated, and none of a function that was kept.
bool design_decides(const Json& json, const Json& design) {
  if (!design.is_object() || text_of(design, "answer") != "violates") return false;
  const auto violations = json.find("violations");
  if (violations == json.end() || violations->empty()) return true;
  const Json& first = violations->front();
  return text_of(first, "standing") == "known" || text_of(first, "trust") == "if-complete";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void count_violations(const Json& json, BatchSummary& summary) {
  const auto violations = json.find("violations");
  if (violations == json.end()) return;
  for (const Json& each : *violations) {
    const std::string standing = text_of(each, "standing");
    summary.new_ones += standing == "new" ? 1 : 0;
    summary.known_ones += standing == "known" ? 1 : 0;
    summary.expired_ones += standing == "expired" ? 1 : 0;
  }
}

// All runs were held to the same entries: one that any run saw was seen.
void add_baseline(const Json& json, BatchSummary& summary) {
  const auto entries = json.find("baseline");
  if (entries == json.end()) return;
  summary.with_baseline = true;
  count_violations(json, summary);
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const Json& entry = (*entries)[i];
    const std::string state = text_of(entry, "state");
    if (i >= summary.baseline.size())
      summary.baseline.push_back({text_of(entry, "property"), text_of(entry, "function"),
                                  text_of(entry, "kernel"), text_of(entry, "place"), state,
                                  entry.value("expired", false)});
    BaselineRow& row = summary.baseline[i];
    if (state == "seen" || (state == "gone" && row.state == "not-asked")) row.state = state;
  }
}

}  // namespace

RunFacts facts_of(const TraceRun& run) {
  RunFacts facts;
  if (!run.json.empty()) facts.json = Json::parse(run.json, nullptr, false);
  if (!facts.json.is_object()) {
    facts.json = nullptr;
    facts.verdict = kWrong;
    facts.what = first_line(run.errors);
    return facts;
  }
  facts.verdict = text_of(facts.json, "verdict");
  facts.what = text_of(facts.json, "reason");
  facts.property = text_of(facts.json, "property");
  facts.function = text_of(facts.json, "function");
  const Json design = facts.json.value("design", Json(nullptr));
  if (facts.verdict == "violates" && design_decides(facts.json, design)) {
    facts.property = text_of(design, "property");
    facts.function.clear();
    facts.what = fmt::format("{} of {} {}", facts.property, text_of(design, "design"),
                             place_of(design, run));
  } else if (facts.verdict == "unexplained") {
    facts.property.clear();
    facts.function.clear();
  } else if (facts.verdict == "violates" && !facts.property.empty()) {
    facts.what = facts.property;
    if (!facts.function.empty()) facts.what += " of " + facts.function;
    const std::string place = place_of(facts.json, run);
    if (!place.empty()) facts.what += " " + place;
  }
  return facts;
}

BatchSummary summary_of(const TraceRuns& all) {
  BatchSummary summary;
  summary.status = exit_status(all);
  for (const TraceRun& run : all.runs) {
    const RunFacts facts = facts_of(run);
    std::size_t& count = facts.verdict == "conforms"      ? summary.conforms
                         : facts.verdict == "violates"    ? summary.violates
                         : facts.verdict == "unexplained" ? summary.unexplained
                         : facts.verdict == "known"       ? summary.known
                         : facts.verdict == kWrong        ? summary.wrong
                                                          : summary.inconclusive;
    ++count;
    if (!facts.json.is_null()) add_baseline(facts.json, summary);
  }
  return summary;
}

}  // namespace luproof::report
