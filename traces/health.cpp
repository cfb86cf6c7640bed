// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/health.h"

#include <algorithm>

namespace luproof::traces {

const std::array<AnomalyInfo, kAnomalies>& anomaly_table() {
  static constexpr std::array<AnomalyInfo, kAnomalies> table{{
      {Anomaly::NoHeader, "no-header", Effect::Note, "header",
       "no header: nothing says whether events were lost before the first line"},
      {Anomaly::FoundBySearch, "found-by-search", Effect::Note, "lines",
       "lines not in the kernel's columns: task, CPU and time were found by searching"},
      {Anomaly::WrappedBuffer, "wrapped-buffer", Effect::Loss, "header",
       "the ring buffer wrapped: the oldest events were overwritten before the capture was read"},
      {Anomaly::LostEvents, "lost-events", Effect::Loss, "marks",
       "marks inside the file say that events of a CPU were lost before them"},
      {Anomaly::BufferStarted, "buffer-started", Effect::Loss, "marks",
       "a CPU has no events before a mark inside the file: they were overwritten"},
      {Anomaly::TracingCorrupted, "tracing-corrupted", Effect::Loss, "header",
       "the kernel warns that function events may be missing"},
      {Anomaly::UnknownType, "unknown-type", Effect::Loss, "lines",
       "events whose type or fields the tool that wrote the file did not know"},
      {Anomaly::UnresolvedFunction, "unresolved-function", Effect::Loss, "symbols",
       "traced functions printed as addresses, without their names"},
      {Anomaly::WrongSymbols, "wrong-symbols", Effect::Damage, "symbols",
       "all traced functions have the same name: addresses of another boot were looked up"},
      {Anomaly::EntryCountMismatch, "entry-count-mismatch", Effect::Damage, "header",
       "the header promises another number of events than the file has"},
      {Anomaly::TimeBackwards, "time-backwards", Effect::Damage, "clock",
       "time runs backwards on one CPU: more than one boot or capture in one file"},
      {Anomaly::SecondHeader, "second-header", Effect::Damage, "header",
       "a second header inside the file: give captures as files of their own"},
      {Anomaly::LineTooBig, "line-too-big", Effect::Loss, "lines",
       "events too long for the kernel to print"},
      {Anomaly::Unparsed, "unparsed-line", Effect::Damage, "lines",
       "lines that are no events: cut off, wrapped or foreign"},
      {Anomaly::BinaryNoise, "binary-noise", Effect::Damage, "bytes", "lines that are no text"},
      {Anomaly::ZeroBytes, "zero-bytes", Effect::Damage, "bytes",
       "zero bytes: the file was not written to its end"},
      {Anomaly::CutEnd, "cut-end", Effect::Damage, "bytes",
       "the last line does not end: the file was cut off"},
      {Anomaly::LineTooLong, "line-too-long", Effect::Damage, "lines",
       "lines longer than any that the kernel prints"},
      {Anomaly::BadPacking, "bad-packing", Effect::Damage, "bytes",
       "the file could not be read to its end"},
      {Anomaly::DroppedMessages, "dropped-messages", Effect::Loss, "marks",
       "the kernel dropped messages of its log"},
      {Anomaly::CpuOverrun, "cpu-overrun", Effect::Loss, "statistics",
       "the statistics inside the file count overwritten or dropped events"},
      {Anomaly::BadPage, "bad-page", Effect::Damage, "pages",
       "pages of the ring buffer that are damaged, or not in the file"},
      {Anomaly::BadEvent, "bad-event", Effect::Damage, "lines",
       "events that do not fit the format that the file gives for them"},
      {Anomaly::BadSection, "bad-section", Effect::Damage, "formats",
       "parts of the file (formats, names, statistics) that are damaged or missing"},
      {Anomaly::PassedOver, "passed-over", Effect::Note, "reader",
       "lines without a name that is asked for were only counted: damage inside them is not seen"},
  }};
  return table;
}

const AnomalyInfo& info(Anomaly kind) { return anomaly_table()[static_cast<std::size_t>(kind)]; }

void CaptureHealth::count(Anomaly kind, std::int64_t line, std::int64_t times) {
  Tally& tally = tallies[static_cast<std::size_t>(kind)];
  if (tally.count == 0) tally.first_line = line;
  tally.count += times;
}

Effect CaptureHealth::worst() const {
  Effect worst = Effect::Note;
  for (const AnomalyInfo& entry : anomaly_table())
    if (of(entry.kind).count != 0) worst = std::max(worst, entry.effect);
  return worst;
}

}  // namespace luproof::traces
