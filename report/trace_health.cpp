// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/source.h"
#include "report/facts.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;
using traces::Anomaly;
using traces::AnomalyInfo;
using traces::CaptureReading;
using traces::CpuStats;
using traces::Effect;
using traces::TraceVerdict;

namespace {

constexpr const char* kSeverities[] = {"note", "loss", "damage"};

// Events that are there and cannot be understood.
constexpr Anomaly kMalformed[] = {Anomaly::UnknownType, Anomaly::LineTooBig, Anomaly::Unparsed,
                                  Anomaly::BinaryNoise, Anomaly::ZeroBytes,  Anomaly::LineTooLong,
                                  Anomaly::BadEvent};

// Something that is wrong with a capture.
struct Found {
  Effect severity;
  std::string id, source, sentence;
  std::int64_t count = 0;
  std::int64_t first_line = 0;  // 0: the file as a whole
};

std::string severity_of(Effect effect) { return kSeverities[static_cast<int>(effect)]; }

std::vector<Found> found_in(const CaptureReading& reading) {
  std::vector<Found> found;
  for (const AnomalyInfo& entry : traces::anomaly_table()) {
    const traces::Tally& tally = reading.health.of(entry.kind);
    // What the statistics of the file count is told by CPU.
    if (tally.count == 0 || entry.kind == Anomaly::CpuOverrun) continue;
    found.push_back({entry.effect, std::string(entry.id), std::string(entry.source),
                     std::string(entry.sentence), tally.count, tally.first_line});
  }
  for (const CpuStats& cpu : reading.stats)
    if (cpu.missing() > 0)
      found.push_back({Effect::Loss, "cpu-overrun", "statistics",
                       fmt::format("CPU {}: {} events overwritten, {} dropped", cpu.cpu,
                                   cpu.overrun, cpu.dropped + cpu.commit_overrun),
                       cpu.missing(), 0});
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.severity > b.severity; });
  return found;
}

std::int64_t lost_in(const CaptureReading& reading) {
  std::int64_t lost = 0;
  for (const auto& [cpu, marks] : reading.health.lost) lost += marks.events;
  for (const CpuStats& cpu : reading.stats) lost += cpu.missing();
  const traces::CaptureHeader& header = reading.health.header;
  if (header.entries_in_buffer && header.entries_written)
    lost += std::max<std::int64_t>(*header.entries_written - *header.entries_in_buffer, 0);
  return lost;
}

std::int64_t malformed_in(const CaptureReading& reading) {
  std::int64_t count = 0;
  for (const Anomaly kind : kMalformed) count += reading.health.of(kind).count;
  return count;
}

// The first that is more than a note: they are sorted.
const Found* worst_of(const std::vector<Found>& found) {
  return found.empty() || found.front().severity == Effect::Note ? nullptr : &found.front();
}

std::string or_else(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : printable(text);
}

std::string table(const CaptureReading& reading, const std::vector<Found>& found,
                  const Style& style) {
  std::string out = fmt::format("  {:<8}  {:<10}  {:>7}  {:>7}  {}\n", "severity", "source",
                                "times", "line", "what");
  for (const Found& each : found) {
    const std::string severity = fmt::format("{:<8}", severity_of(each.severity));
    out += fmt::format(
        "  {}  {:<10}  {:>7}  {:>7}  {}\n",
        each.severity == Effect::Note ? severity : style.yellow(severity), each.source, each.count,
        each.first_line > 0 ? fmt::format("{}", each.first_line) : "-", printable(each.sentence));
  }
  for (const AnomalyInfo& entry : traces::anomaly_table())
    if (reading.health.of(entry.kind).count == 0 &&
        std::none_of(found.begin(), found.end(), [&](const Found& f) { return f.id == entry.id; }))
      out += fmt::format("  {:<8}  {:<10}  {:>7}  {:>7}  {}\n", severity_of(entry.effect),
                         entry.source, "none", "", entry.sentence);
  return out;
}

}  // namespace

std::string health_text(const TraceVerdict& verdict, const Style& style) {
  std::string out;
  for (const CaptureReading& reading : verdict.readings) {
    const traces::CaptureHeader& header = reading.health.header;
    out += "\n" + style.bold("Health of " + printable(reading.path)) + "\n";
    out += fmt::format("  format     {}\n", or_else(reading.health.format, "unknown"));
    out += fmt::format("  kernel     {}\n", or_else(header.release, "not named"));
    out += fmt::format("  clock      {}\n", or_else(header.clock, "not named"));
    out += fmt::format("  order      {}\n", or_else(reading.order, "that of the file: one CPU"));
    out += fmt::format("  lines      {}, {} of them events, {} bound\n", reading.health.lines,
                       reading.health.events, reading.bound);
    out += fmt::format("  lost       {} events, as far as numbers are known\n", lost_in(reading));
    out += fmt::format("  malformed  {} lines or events\n\n", malformed_in(reading));
    out += table(reading, found_in(reading), style);
  }
  return out;
}

std::string health_line(const TraceVerdict& verdict) {
  std::string out;
  for (const CaptureReading& reading : verdict.readings) {
    const std::vector<Found> found = found_in(reading);
    const Found* const worst = worst_of(found);
    if (worst == nullptr) continue;
    const auto wrong = std::count_if(found.begin(), found.end(), [](const Found& each) {
      return each.severity != Effect::Note;
    });
    out +=
        fmt::format("Health of {}: {} wrong, --health lists {}\n", printable(reading.path),
                    counted(static_cast<std::size_t>(wrong), "thing"), wrong == 1 ? "it" : "them");
  }
  return out;
}

Json health_json(const TraceVerdict& verdict) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(printable(text));
  };
  Json all = Json::array();
  for (const CaptureReading& reading : verdict.readings) {
    Json found = Json::array();
    for (const Found& each : found_in(reading))
      found.push_back({{"id", each.id},
                       {"severity", severity_of(each.severity)},
                       {"source", each.source},
                       {"count", each.count},
                       {"line", each.first_line > 0 ? Json(each.first_line) : Json(nullptr)},
                       {"sentence", printable(each.sentence)}});
    all.push_back({{"file", printable(reading.path)},
                   {"format", printable(reading.health.format)},
                   {"kernel", or_null(reading.health.header.release)},
                   {"clock", or_null(reading.health.header.clock)},
                   {"order", or_null(reading.order)},
                   {"lines", reading.health.lines},
                   {"events", reading.health.events},
                   {"bound", reading.bound},
                   {"lost", lost_in(reading)},
                   {"malformed", malformed_in(reading)},
                   {"found", std::move(found)}});
  }
  return all;
}

}  // namespace luproof::report
