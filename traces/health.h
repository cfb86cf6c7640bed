// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture says about its own completeness.
//
// "No violation found" on a damaged or overwritten capture is the worst answer a validator can
// give, so every sign of loss or damage is counted while reading, and is one entry of one table:
// what it is called, what it does to a verdict, and the sentence that tells the user.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/stats_file.h"

namespace luproof::traces {

enum class Anomaly : std::uint8_t {
  NoHeader,
  FoundBySearch,
  WrappedBuffer,
  LostEvents,
  BufferStarted,
  TracingCorrupted,
  UnknownType,
  UnresolvedFunction,
  WrongSymbols,
  EntryCountMismatch,
  TimeBackwards,
  SecondHeader,
  LineTooBig,
  Unparsed,
  BinaryNoise,
  ZeroBytes,
  CutEnd,
  LineTooLong,
  BadPacking,
  DroppedMessages,
  CpuOverrun,
  BadPage,
  BadEvent,
  BadSection,
  PassedOver,
};
inline constexpr std::size_t kAnomalies = static_cast<std::size_t>(Anomaly::PassedOver) + 1;

// Note: nothing is missing. Loss: events are missing or nameless. Damage: the file is not what
// the tracer wrote. After Loss or Damage a capture that shows no violation does not prove one away.
enum class Effect { Note, Loss, Damage };

struct AnomalyInfo {
  Anomaly kind;
  std::string_view id;
  Effect effect;
  std::string_view source;  // what of the capture shows it
  std::string_view sentence;
};

const std::array<AnomalyInfo, kAnomalies>& anomaly_table();
const AnomalyInfo& info(Anomaly kind);

// The `#` lines of a capture; empty where there are none (trace_pipe, a part cut out by hand).
struct CaptureHeader {
  bool present = false;
  bool report = false;  // printed by trace-cmd report
  std::string tracer;
  std::string release;  // of the kernel that recorded it, where the file says so
  std::string clock;
  std::optional<std::int64_t> entries_in_buffer;
  std::optional<std::int64_t> entries_written;
  std::optional<int> cpus;
};

struct Tally {
  std::int64_t count = 0;
  std::int64_t first_line = 0;  // 0: the file as a whole
};

// The LOST marks of one CPU.
struct LostOnCpu {
  std::int64_t marks = 0;
  std::int64_t events = 0;  // the sum of the marks that give a number
};

struct CaptureHealth {
  std::string format;   // "ftrace text", "trace.dat version 7"
  std::string problem;  // why the bytes of the file end early, where they do
  CaptureHeader header;
  std::int64_t lines = 0;   // read so far, header and blank ones included
  std::int64_t events = 0;  // lines with task, CPU and time
  std::array<Tally, kAnomalies> tallies;
  std::map<int, LostOnCpu> lost;
  std::vector<CpuStats> stats;  // that the file itself holds

  void count(Anomaly kind, std::int64_t line, std::int64_t times = 1);
  const Tally& of(Anomaly kind) const { return tallies[static_cast<std::size_t>(kind)]; }
  // The worst of what was counted; only a Note leaves "conforms" possible.
  Effect worst() const;
};

}  // namespace luproof::traces
