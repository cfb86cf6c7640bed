// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text_reader.h"

#include <algorithm>
#include <climits>
#include <cstring>

#include "traces/text_reader_bodies.h"
#include "traces/text_reader_columns.h"
#include "traces/text_reader_header.h"
#include "traces/text_reader_scan.h"

namespace luproof::traces {

namespace {

constexpr std::int64_t kNoTime = -1;
constexpr std::int64_t kSeveralNames = -1;
// Fewer function lines than this may well be of one function.
constexpr std::int64_t kManyFunctionLines = 20;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

bool has_event(std::string_view text, std::size_t at) {
  text::Columns columns;
  while (at < text.size()) {
    const std::string_view line = line_at(text, at);
    if (text::split_columns(line, columns)) return true;
    at += line.size() + 1;
  }
  return false;
}

struct LossMark {
  int cpu = -1;
  std::int64_t events = -1;
};

// "CPU:2 [LOST 1178 EVENTS]", "CPU:2 [LOST EVENTS]", "CPU:0 [2953 EVENTS DROPPED]",
// "CPU:0 [EVENTS DROPPED]". trace-cmd may put the name of an instance in front.
std::optional<LossMark> loss_mark(std::string_view text) {
  const std::size_t start = text.find("CPU:");
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view front = text::trim(text.substr(0, start));
  if (!front.empty() && !front.ends_with(':')) return std::nullopt;
  text = text::trim_right(text.substr(start + 4));
  const auto cpu = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!cpu || *cpu > text::kMaxCpu || !text::take(text, " [")) return std::nullopt;
  const bool lost = text::take(text, "LOST ");
  LossMark mark{*cpu, -1};
  const std::string_view digits = text::take_while(text, text::is_digit);
  if (!digits.empty()) {
    const auto events = text::number_of<std::int64_t>(digits);
    if (!events || !text::take(text, " ")) return std::nullopt;
    mark.events = *events;
  }
  if (text != (lost ? "EVENTS]" : "EVENTS DROPPED]")) return std::nullopt;
  return mark;
}

// "##### CPU 0 buffer started ####".
std::optional<int> buffer_started(std::string_view text) {
  if (!text::take(text, "##### CPU ")) return std::nullopt;
  const auto cpu = text::number_of<int>(text::take_while(text, text::is_digit));
  if (!cpu || *cpu > text::kMaxCpu || !text.starts_with(" buffer started")) return std::nullopt;
  return cpu;
}

}  // namespace

std::optional<TextReader> TextReader::open(model::SourcePtr source,
                                           model::Diagnostics& diagnostics) {
  const std::string_view text = source->text;
  const auto fail = [&](const text::Refusal& refusal, int line) {
    diagnostics.error({source, line, 0, 1}, refusal.message, refusal.hint);
    return std::nullopt;
  };
  if (text.empty()) return fail({"the capture is empty", "copy it from tracefs with cat"}, 0);
  if (source->line_starts.size() > INT_MAX) return fail({"the capture has too many lines", ""}, 0);
  if (const auto refusal = text::foreign_start(text)) return fail(*refusal, 0);
  TextReader reader(source);
  CaptureHealth& health = reader.health_;
  while (reader.at_ < text.size()) {
    std::string_view line = line_at(text, reader.at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const int number = static_cast<int>(health.lines) + 1;
    if (const auto refusal = text::foreign_header_line(line)) return fail(*refusal, number);
    if (!text::trim(line).empty() &&
        (line.starts_with("#####") || !text::read_header_line(line, health.header)))
      break;
    if (line.starts_with("# WARNING: FUNCTION TRACING IS CORRUPTED"))
      health.count(Anomaly::TracingCorrupted, number);
    reader.take_line();
  }
  if (!has_event(text, reader.at_)) return fail(text::no_events(text, health.header), 0);
  const CaptureHeader& header = health.header;
  if (!header.present && !header.report) health.count(Anomaly::NoHeader, 0);
  if (header.entries_written.value_or(0) > header.entries_in_buffer.value_or(0))
    health.count(Anomaly::WrappedBuffer, 0);
  // A name without a caller is a function line only where the option noprint-parent can be at work.
  if (!header.report && header.tracer != "function") reader.callers_ = true;
  reader.zero_bytes_ = text.find('\0') != std::string_view::npos;
  return reader;
}

// The next line without its end, whether "\n" or "\r\n".
std::optional<std::string_view> TextReader::take_line() {
  const std::string_view text = source_->text;
  if (at_ >= text.size()) return std::nullopt;
  const void* const end = std::memchr(text.data() + at_, '\n', text.size() - at_);
  const std::size_t stop =
      end == nullptr ? text.size()
                     : static_cast<std::size_t>(static_cast<const char*>(end) - text.data());
  std::string_view line = text.substr(at_, stop - at_);
  at_ = stop + 1;
  ++health_.lines;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool TextReader::next(TraceLine& line) {
  while (const auto text = take_line()) {
    if (text->empty()) continue;
    if (read_line(*text, line)) return true;
  }
  if (!finished_) finish();
  return false;
}

// False if the line is a comment and states nothing.
bool TextReader::read_line(std::string_view text, TraceLine& line) {
  line.number = static_cast<int>(health_.lines);
  line.kind = LineKind::Unknown;
  line.task = line.symbol = line.function = line.caller = {};
  line.pid = line.cpu = -1;
  line.time_ns.reset();
  line.ticks.reset();
  line.args.clear();
  line.text = text;
  line.lost = -1;
  if (zero_bytes_ && text.find('\0') != std::string_view::npos) {
    health_.count(Anomaly::ZeroBytes, line.number);
    return true;
  }
  if (text.front() == '#') return read_comment(text, line);
  if (read_event(text, line)) return true;
  const std::string_view content = text::trim_left(text);
  if (content.empty()) return false;
  if (const auto mark = loss_mark(text)) {
    read_loss(Anomaly::LostEvents, mark->cpu, mark->events, line);
  } else if (content.starts_with("=> ")) {
    line.kind = LineKind::Stack;
  } else if (content.find("[LINE TOO BIG]") != std::string_view::npos) {
    health_.count(Anomaly::LineTooBig, line.number);
  } else {
    const bool noise = std::any_of(text.begin(), text.end(), is_control);
    health_.count(noise ? Anomaly::BinaryNoise : Anomaly::Unparsed, line.number);
  }
  return true;
}

bool TextReader::read_event(std::string_view text, TraceLine& line) {
  text::Columns columns;
  if (!text::split_columns(text, columns)) return false;
  ++health_.events;
  line.task = columns.task;
  line.pid = columns.pid;
  line.cpu = columns.cpu;
  line.time_ns = columns.time_ns;
  line.ticks = columns.ticks;
  if (columns.searched) {
    health_.count(Anomaly::FoundBySearch, line.number);
    const std::size_t prefix = line.task.find(": ");
    if (health_.header.report && prefix != std::string_view::npos) {
      line.task = text::trim_left(line.task.substr(prefix + 1));
      instance_prefix_ = true;
    }
  }
  check_time(line);
  const text::BodyResult result = text::read_body(columns.body, callers_, line);
  if (result == text::BodyResult::Event) {
    check_function(line);
    return true;
  }
  // Half of a damaged event must not pass for the whole of another.
  line.kind = LineKind::Unknown;
  line.symbol = line.function = line.caller = {};
  line.args.clear();
  line.text = text;
  health_.count(result == text::BodyResult::UnknownType  ? Anomaly::UnknownType
                : result == text::BodyResult::LineTooBig ? Anomaly::LineTooBig
                                                         : Anomaly::Unparsed,
                line.number);
  return true;
}

bool TextReader::read_comment(std::string_view text, TraceLine& line) {
  if (const auto cpu = buffer_started(text)) {
    read_loss(Anomaly::BufferStarted, *cpu, -1, line);
    return true;
  }
  if (text.starts_with("# tracer:")) health_.count(Anomaly::SecondHeader, line.number);
  if (text.starts_with("# WARNING: FUNCTION TRACING IS CORRUPTED"))
    health_.count(Anomaly::TracingCorrupted, line.number);
  return false;
}

void TextReader::read_loss(Anomaly kind, int cpu, std::int64_t events, TraceLine& line) {
  health_.count(kind, line.number);
  line.kind = LineKind::Lost;
  line.cpu = cpu;
  line.lost = events;
  LostOnCpu& lost = health_.lost[cpu];
  ++lost.marks;
  lost.events += std::clamp<std::int64_t>(events, 0, INT64_MAX - lost.events);
}

// The buffer of one CPU is in order of time; between CPUs only the clock decides.
void TextReader::check_time(const TraceLine& line) {
  const auto cpu = static_cast<std::size_t>(line.cpu);
  if (cpu >= last_time_.size()) last_time_.resize(cpu + 1, kNoTime);
  const std::int64_t time = line.time_ns ? *line.time_ns : *line.ticks;
  if (time < last_time_[cpu]) health_.count(Anomaly::TimeBackwards, line.number);
  last_time_[cpu] = time;
}

void TextReader::check_function(const TraceLine& line) {
  if (line.kind != LineKind::Function && line.kind != LineKind::GraphEntry) return;
  if (line.function.empty()) {
    health_.count(Anomaly::UnresolvedFunction, line.number);
    return;
  }
  if (function_lines_ == kSeveralNames) return;
  if (function_lines_ == 0) only_function_ = line.function;
  function_lines_ = line.function == only_function_ ? function_lines_ + 1 : kSeveralNames;
}

void TextReader::finish() {
  finished_ = true;
  if (!source_->text.ends_with('\n'))
    health_.count(Anomaly::CutEnd, static_cast<int>(health_.lines));
  const auto& promised = health_.header.entries_in_buffer;
  if (promised && *promised != health_.events) health_.count(Anomaly::EntryCountMismatch, 0);
  if (instance_prefix_ && function_lines_ >= kManyFunctionLines)
    health_.count(Anomaly::WrongSymbols, 0);
}

}  // namespace luproof::traces
