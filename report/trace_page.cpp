// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/source.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/topology_json.h"
#include "report/trace_lines.h"
#include "traces/certainty.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;
using traces::DesignVerdict;
using traces::GapKind;
using traces::Kept;
using traces::Outcome;
using traces::Standing;
using traces::TraceVerdict;
using traces::TraceViolation;
using traces::Trust;

namespace {

constexpr std::size_t kMostFindings = 200;
constexpr std::size_t kMostTexts = 60;

std::string place(const std::string& file, std::int64_t line) {
  return line > 0 ? fmt::format("{}:{}", printable(file), line) : printable(file);
}

Json texts(const std::vector<std::string>& all) {
  Json out = Json::array();
  for (std::size_t i = 0; i < all.size() && i < kMostTexts; ++i) out.push_back(printable(all[i]));
  if (all.size() > kMostTexts) out.push_back(fmt::format("and {} more", all.size() - kMostTexts));
  return out;
}

class Page {
 public:
  Page(const TraceVerdict& verdict, const traces::Timeline& timeline, const std::string& command,
       const std::string& folder)
      : verdict_(verdict), timeline_(timeline), command_(command), lines_(timeline, folder) {}

  Json readings() {
    Json captures = lines_.reading(), files = Json::array(), findings = Json::array();
    std::vector<std::string> names;
    for (const auto& reading : verdict_.readings) names.push_back(printable(reading.path));
    if (names.empty()) names.emplace_back("two dumps");
    captures["title"] = joined(names, " + ");
    captures["about"] = fmt::format("{} events read, {} of them bound", count(verdict_.events),
                                    count(verdict_.bound));
    captures["file"] = joined(names);
    add_violations(findings);
    if (verdict_.violations.empty()) findings.push_back(whole());
    add_kept(findings);
    captures["findings"] = std::move(findings);
    Json all = Json::array({std::move(captures)});
    if (verdict_.design) all.push_back(design(*verdict_.design, joined(names)));
    return all;
  }

 private:
  static std::size_t count(std::int64_t number) { return static_cast<std::size_t>(number); }

  // What every finding rests on.
  Json base(const char* verdict, const std::string& property, const std::string& heading) const {
    return {{"property", property},
            {"verdict", verdict},
            {"heading", heading},
            {"scope_text", std::string(traces::certainty_text(traces::certainty_of(verdict_)))},
            {"assumptions", texts(verdict_.assumptions)},
            {"reproduce", printable(command_)},
            {"more", more()}};
  }

  Json more() const {
    std::vector<std::string> gaps, blackouts;
    for (const traces::Gap& gap : verdict_.gaps) {
      std::string where = place(gap.file, gap.line);
      if (gap.cpu >= 0) where += fmt::format("{}CPU {}", where.empty() ? "" : " ", gap.cpu);
      gaps.push_back(where.empty() ? gap.what : where + ": " + gap.what);
    }
    for (const traces::Blackout& each : verdict_.blackouts)
      blackouts.push_back(fmt::format(
          "{} from {} to {}: {}", each.function,
          each.from.line > 0 ? place(each.from.file, each.from.line) : "before the first line",
          each.to ? place(each.to->file, each.to->line) : "the end",
          each.ns ? fmt::format("{:.6f} s", static_cast<double>(*each.ns) / 1e9)
                  : fmt::format("at least {:.6f} s", static_cast<double>(each.at_least) / 1e9)));
    Json out = Json::array();
    const auto add = [&](const char* name, const std::vector<std::string>& all) {
      if (!all.empty()) out.push_back(Json::array({name, texts(all)}));
    };
    add("did not work", blackouts);
    add("would help", different());
    add("not shown", gaps);
    add("not exercised", verdict_.unexercised);
    add("between the dumps", verdict_.changes);
    if (!verdict_.kernel.empty()) add("kernel", {verdict_.kernel});
    std::vector<std::string> drawn;
    if (!timeline_.stopped.empty())
      drawn.push_back("not every line: ended by " + timeline_.stopped);
    std::int64_t folded = 0;
    for (const auto& step : timeline_.steps) folded += step.left_out;
    if (folded > 0)
      drawn.push_back(fmt::format("{} of {} steps: those near the lines that a verdict names",
                                  timeline_.all - folded, timeline_.all));
    add("drawn", drawn);
    return out;
  }

  std::vector<std::string> different() const {
    std::vector<std::string> out;
    if (!verdict_.different) return out;
    std::vector<std::string> numbers;
    for (const traces::LinePlace& each : verdict_.different->without)
      numbers.push_back(place(each.file, each.line));
    if (!numbers.empty()) out.push_back("without " + joined(numbers));
    for (const traces::Moved& each : verdict_.different->moved)
      out.push_back(fmt::format("{} {} {}", place(each.line.file, each.line.line),
                                each.before ? "before" : "behind",
                                place(each.to.file, each.to.line)));
    return out;
  }

  void show(Json& finding, std::optional<std::size_t> step) const {
    finding["run"] = 0;
    if (step) finding["at"] = *step;
  }

  void add_violations(Json& findings) const {
    for (const TraceViolation& each : verdict_.violations) {
      if (findings.size() >= kMostFindings) return;
      const bool known = each.standing == Standing::Known, certain = each.trust == Trust::Certain;
      const std::string where = each.by_line == 0 ? "in " + printable(each.file)
                                : each.line       ? "at " + place(each.file, *each.line)
                                                  : "by " + place(each.file, each.by_line);
      Json out = base(known     ? "known"
                      : certain ? "violates"
                                : "inconclusive",
                      each.property, (certain ? "is violated " : "may be violated ") + where);
      out["label"] = each.property + " of " + printable(each.function);
      out["element"] = printable(each.function);
      out["because"] = printable(each.because);
      std::string reason = printable(each.reason);
      if (!certain) reason = "Only if the capture hides nothing: " + reason;
      if (!each.listed_at.empty())
        reason += fmt::format("{}The baseline lists it: {}", reason.empty() ? "" : ". ",
                              printable(each.listed_at));
      if (!reason.empty()) out["reason"] = reason;
      out["path"] = path_json(timeline_.topology, lines_.function(each.function));
      const auto step = lines_.step_of(each.capture, each.by_line, each.event);
      if (!step) out["reason"] = reason + (reason.empty() ? "" : ". ") + "Its line is not drawn";
      show(out, step);
      findings.push_back(std::move(out));
    }
  }

  // Where nothing is violated, the verdict is one about the captures.
  Json whole() const {
    const std::string word(traces::outcome_name(verdict_.outcome));
    // What is not explained is not so by the design, which has a reading of its own.
    const bool by_design =
        verdict_.outcome == Outcome::Unexplained || verdict_.outcome == Outcome::Violates;
    Json out = base(by_design ? "inconclusive" : word.c_str(), by_design ? "lines" : word,
                    by_design ? "alone break nothing that was kept" : printable(verdict_.reason));
    out["label"] = "the captures";
    show(out, std::nullopt);
    return out;
  }

  void add_kept(Json& findings) const {
    const bool hidden =
        std::any_of(verdict_.gaps.begin(), verdict_.gaps.end(),
                    [](const traces::Gap& gap) { return gap.kind != GapKind::Note; });
    for (const Kept& kept : verdict_.kept) {
      if (findings.size() >= kMostFindings) return;
      const bool broken =
          std::any_of(verdict_.violations.begin(), verdict_.violations.end(),
                      [&](const TraceViolation& v) { return v.function == kept.function; });
      if (broken) continue;
      const std::string since = !kept.began ? "was never there"
                                : kept.line ? "was kept since " + place(kept.file, *kept.line)
                                            : "was kept since the capture began";
      Json out = base(hidden || !kept.began ? "inconclusive" : "conforms", kept.function,
                      kept.began ? since + (hidden ? ", as far as lines show" : "") : since);
      out["label"] = fmt::format("{} ({})", printable(kept.function), printable(kept.claim));
      out["path"] = path_json(timeline_.topology, lines_.function(kept.function));
      show(out, kept.line ? lines_.step_of(0, *kept.line, "") : std::nullopt);
      findings.push_back(std::move(out));
    }
  }

  Json design(const DesignVerdict& design, const std::string& files) const {
    static constexpr const char* kVerdicts[] = {"conforms", "violates", "unexplained",
                                                "inconclusive"};
    Json reading = design_lines(design);
    const bool drawn = !reading.is_null();
    if (!drawn)
      reading = {{"functions", Json::array()}, {"actors", Json::array()}, {"cells", Json::array()},
                 {"texts", Json::array()},     {"rules", Json::array()},  {"runs", Json::array()}};
    const std::string at = place(design.file, design.line);
    const bool violates = design.answer == DesignVerdict::Answer::Violates;
    const std::string heading =
        design.answer == DesignVerdict::Answer::Explained
            ? fmt::format("explains all {} lines about it", design.heard)
        : violates ? "is violated by every run that explains the lines, at " + at
        : design.answer == DesignVerdict::Answer::Unexplained ? "has no run that explains " + at
                                                              : "cannot be told about";
    Json out = base(kVerdicts[static_cast<int>(design.answer)],
                    printable(violates ? design.property : design.design), heading);
    out["assumptions"] = texts(design.assumptions);
    if (!design.reason.empty())
      out[violates ? "because" : "reason"] = printable(design.reason);
    else if (design.line > 0)
      out["reason"] = "The line says: " + printable(design.event);
    out["scope_text"] =
        fmt::format("{} lines about the design, {} states looked at", design.heard, design.states);
    Json more = Json::array();
    for (const DesignVerdict::Alive& alive : design.alive) {
      more.push_back(Json::array({"where all stand", texts(alive.standing)}));
      if (!alive.refused.empty()) more.push_back(Json::array({"said no", texts(alive.refused)}));
      more.push_back(Json::array({"would allow", texts(alive.expected)}));
    }
    out["more"] = std::move(more);
    if (drawn) out["run"] = 0;
    reading["title"] = printable(design.design);
    reading["about"] = design.answer == DesignVerdict::Answer::Unexplained
                           ? "the lines about the design, up to the one that no run of it shows"
                           : "the run of the design that the lines show";
    reading["file"] = files;
    reading["findings"] = Json::array({std::move(out)});
    return reading;
  }

  const TraceVerdict& verdict_;
  const traces::Timeline& timeline_;
  const std::string& command_;
  const TraceLines lines_;
};

}  // namespace

std::string trace_page(const TraceVerdict& verdict, const std::string& command,
                       const Sources& sources, const std::string& folder) {
  const traces::Timeline none;
  const traces::Timeline& timeline = verdict.timeline ? *verdict.timeline : none;
  const Json readings = Page(verdict, timeline, command, folder).readings();
  return page(
      {{"command", "trace"}, {"sources", cited(readings, sources)}, {"readings", readings}});
}

}  // namespace luproof::report
