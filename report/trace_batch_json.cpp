// SPDX-License-Identifier: GPL-2.0-or-later
#include <cmath>

#include "model/source.h"
#include "report/trace_batch_run.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;

namespace {

constexpr double kMilli = 1000;

Json run_json(const TraceRun& run) {
  const RunFacts facts = facts_of(run);
  Json out = facts.json;
  if (out.is_null()) out = Json{{"command", "trace"}, {"verdict", nullptr}};
  out["name"] = printable(run.name);
  out["captures"] = Json::array();
  for (const std::string& capture : run.captures) out["captures"].push_back(printable(capture));
  out["status"] = run.status;
  out["seconds"] = std::round(run.seconds * kMilli) / kMilli;
  if (!run.errors.empty()) out["errors"] = run.errors;
  return out;
}

Json baseline_json(const BatchSummary& summary) {
  Json entries = Json::array();
  for (const BaselineRow& row : summary.baseline)
    entries.push_back({{"property", row.property},
                       {"function", row.function},
                       {"kernel", row.kernel},
                       {"place", row.place},
                       {"state", row.state},
                       {"expired", row.expired}});
  return {{"new", summary.new_ones},
          {"known", summary.known_ones},
          {"expired", summary.expired_ones},
          {"entries", std::move(entries)}};
}

}  // namespace

std::string batch_json(const TraceRuns& all) {
  const BatchSummary summary = summary_of(all);
  Json out{{"command", "trace"}, {"runs", Json::array()}};
  for (const TraceRun& run : all.runs) out["runs"].push_back(run_json(run));
  out["skipped"] = Json::array();
  for (const auto& [file, why] : all.left_out)
    out["skipped"].push_back({{"file", printable(file)}, {"why", printable(why)}});
  out["notes"] = Json::array();
  for (const std::string& note : all.notes) out["notes"].push_back(printable(note));
  out["summary"] = {{"runs", all.runs.size()},
                    {"violates", summary.violates},
                    {"unexplained", summary.unexplained},
                    {"wrong", summary.wrong},
                    {"inconclusive", summary.inconclusive},
                    {"known", summary.known},
                    {"conforms", summary.conforms},
                    {"status", summary.status}};
  if (summary.with_baseline) out["summary"]["baseline"] = baseline_json(summary);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace luproof::report
