// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "model/source.h"
#include "report/trace_design.h"
#include "report/trace_health.h"
#include "report/trace_report.h"
#include "traces/certainty.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;

namespace {

Json line_of(const std::optional<std::int64_t>& line) { return line ? Json(*line) : Json(nullptr); }

Json violation(const traces::TraceViolation& v) {
  return {{"property", v.property},       {"function", v.function},
          {"file", printable(v.file)},    {"line", line_of(v.line)},
          {"by_line", v.by_line},         {"trust", std::string(traces::trust_name(v.trust))},
          {"event", printable(v.event)},  {"because", printable(v.because)},
          {"reason", printable(v.reason)}};
}

Json positive(std::int64_t number) { return number > 0 ? Json(number) : Json(nullptr); }

// What the baseline says of a violation.
void add_standing(const traces::TraceViolation& v, Json& out) {
  static constexpr const char* kNames[] = {"", "new", "known", "expired"};
  if (v.standing == traces::Standing::Unasked) return;
  out["standing"] = kNames[static_cast<int>(v.standing)];
  if (v.listed_at.empty()) return;
  out["listed_at"] = printable(v.listed_at);
  out["listed"] = printable(v.listed);
}

Json used(const traces::BaselineUse& use) {
  static constexpr const char* kStates[] = {"seen", "gone", "not-asked"};
  return {{"property", printable(use.property)},
          {"function", printable(use.function)},
          {"kernel", printable(use.kernel)},
          {"place", printable(use.place)},
          {"state", kStates[static_cast<int>(use.state)]},
          {"expired", use.expired}};
}

Json gap(const traces::Gap& g) {
  static constexpr const char* kKinds[] = {"note", "unseen", "loss"};
  Json where = Json::array();
  for (const traces::GapPlace& place : g.where)
    where.push_back({{"cpu", place.cpu >= 0 ? Json(place.cpu) : Json(nullptr)},
                     {"after_line", positive(place.after_line)},
                     {"before_line", positive(place.before_line)},
                     {place.ticks ? "from_ticks" : "from_ns", line_of(place.from)},
                     {place.ticks ? "to_ticks" : "to_ns", line_of(place.to)}});
  return {{"file", printable(g.file)},
          {"line", positive(g.line)},
          {"cpu", g.cpu >= 0 ? Json(g.cpu) : Json(nullptr)},
          {"kind", kKinds[static_cast<int>(g.kind)]},
          {"what", printable(g.what)},
          {"where", std::move(where)}};
}

Json place(const traces::LinePlace& p) {
  return {{"file", printable(p.file)},
          {"line", p.line},
          {"inside", p.inside},
          {"quote", printable(p.quote)}};
}

Json different(const traces::Difference& d) {
  Json without = Json::array(), moved = Json::array();
  for (const traces::LinePlace& each : d.without) without.push_back(place(each));
  for (const traces::Moved& each : d.moved) {
    Json step = place(each.line);
    step[each.before ? "before" : "behind"] = each.to.line;
    moved.push_back(std::move(step));
  }
  return {{"without", std::move(without)},
          {"smallest", d.smallest},
          {"moved", std::move(moved)},
          {"bounded", d.bounded},
          {"reason", printable(d.reason)}};
}

Json kept(const traces::Kept& k) {
  return {{"function", k.function}, {"claim", k.claim},          {"from", printable(k.from)},
          {"began", k.began},       {"file", printable(k.file)}, {"line", line_of(k.line)}};
}

Json seconds(const std::optional<std::int64_t>& ns) {
  return ns ? Json(static_cast<double>(*ns) / 1e9) : Json(nullptr);
}

Json end_of(const traces::BlackoutEnd& end) {
  return {{"file", printable(end.file)},
          {"line", positive(end.line)},
          {end.ticks ? "ticks" : "seconds", end.ticks ? line_of(end.time) : seconds(end.time)}};
}

Json blackout(const traces::Blackout& b) {
  Json phases = Json::array();
  for (const traces::BlackoutPhase& phase : b.phases)
    phases.push_back(
        {{"name", printable(phase.name)}, {"seconds", seconds(phase.ns)}, {"reason", phase.why}});
  return {{"function", b.function},
          {"from", end_of(b.from)},
          {"to", b.to ? end_of(*b.to) : Json(nullptr)},
          {"seconds", seconds(b.ns)},
          {"at_least", seconds(b.at_least)},
          {"phases", std::move(phases)}};
}

Json rows(const std::vector<traces::CoverageRow>& all) {
  Json found = Json::array();
  for (const traces::CoverageRow& row : all) {
    Json each{{"name", printable(row.name)}, {"count", row.count}};
    if (!row.place.empty()) each["place"] = row.place;
    found.push_back(std::move(each));
  }
  return found;
}

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string trace_json(const traces::TraceVerdict& verdict) {
  Json out{{"command", "trace"}, {"verdict", std::string(traces::outcome_name(verdict.outcome))}};
  const traces::TraceViolation* const first =
      verdict.violations.empty() ? nullptr : &verdict.violations.front();
  out["property"] = first ? Json(first->property) : Json(nullptr);
  out["function"] = first ? Json(first->function) : Json(nullptr);
  out["file"] = first ? Json(printable(first->file)) : Json(nullptr);
  out["line"] = first ? line_of(first->line) : Json(nullptr);
  out["by_line"] = first ? Json(first->by_line) : Json(nullptr);
  out["event"] = first ? Json(printable(first->event)) : Json(nullptr);
  out["certainty"] = std::string(traces::certainty_text(traces::certainty_of(verdict)));
  out["reason"] = printable(verdict.reason);
  out["kernel"] = verdict.kernel.empty() ? Json(nullptr) : Json(printable(verdict.kernel));
  out["events"] = verdict.events;
  out["bound"] = verdict.bound;
  out["lost"] = verdict.lost;
  out["violations"] = Json::array();
  for (const auto& each : verdict.violations) {
    out["violations"].push_back(violation(each));
    add_standing(each, out["violations"].back());
  }
  out["blackouts"] = Json::array();
  for (const auto& each : verdict.blackouts) out["blackouts"].push_back(blackout(each));
  if (verdict.different) out["different"] = different(*verdict.different);
  if (verdict.baseline) {
    out["baseline"] = Json::array();
    for (const auto& each : *verdict.baseline) out["baseline"].push_back(used(each));
  }
  out["promised"] = Json::array();
  for (const auto& each : verdict.promised)
    out["promised"].push_back({{"property", each.property},
                               {"because", printable(each.because)},
                               {"about", printable(each.about)},
                               {"pack", each.pack},
                               {"cite", each.cite}});
  out["kept"] = Json::array();
  for (const auto& each : verdict.kept) out["kept"].push_back(kept(each));
  out["gaps"] = Json::array();
  for (const auto& each : verdict.gaps) out["gaps"].push_back(gap(each));
  if (verdict.design) out["design"] = design_json(*verdict.design);
  if (!verdict.changes.empty()) {
    out["changes"] = Json::array();
    for (const auto& each : verdict.changes) out["changes"].push_back(printable(each));
  }
  out["health"] = health_json(verdict);
  out["assumptions"] = Json::array();
  for (const auto& each : verdict.assumptions) out["assumptions"].push_back(printable(each));
  out["unexercised"] = verdict.unexercised;
  if (!verdict.rules.empty())
    out["coverage"] = {{"unbound", rows(verdict.unbound)}, {"rules", rows(verdict.rules)}};
  return text_of(out);
}

std::string explained_json(const traces::TraceVerdict& verdict) {
  Json lines = Json::array();
  for (const std::string& line : verdict.explanation) lines.push_back(printable(line));
  return text_of({{"command", "trace"}, {"explanation", std::move(lines)}});
}

}  // namespace luproof::report
