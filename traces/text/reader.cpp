// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/reader.h"

#include <algorithm>

#include "traces/text/bodies.h"
#include "traces/text/columns.h"
#include "traces/text/header.h"
#include "traces/text/log.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using text::BodyResult;
using text::Style;

namespace {

constexpr std::int64_t kNoTime = INT64_MIN;
constexpr std::int64_t kSeveralNames = -1;
// Fewer function lines than this may well be of one function.
constexpr std::int64_t kManyFunctionLines = 20;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
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

// A frame of perf's call chain: "\tffffffff8153e0a0 pci_clear_master+0x10 ([kernel.kallsyms])".
bool is_frame(std::string_view text) {
  if (text.front() != ' ' && text.front() != '\t') return false;
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return false;
  std::string_view rest = text.substr(start);
  const std::string_view address =
      text::take_while(rest, [](char c) { return text::is_digit(c) || (c >= 'a' && c <= 'f'); });
  return address.size() >= 4 && rest.starts_with(' ') && text::trim(rest).ends_with(')');
}

}  // namespace

TextReader::TextReader(std::string path, input::BytesPtr bytes)
    : CaptureReader(std::move(path)), lines_(std::move(bytes)) {
  const std::string_view head = lines_.head();
  refusal_ = text::foreign_start(head);
  sample_ = head.substr(0, 1);
  zeros_ = !head.empty();
  style_ = text::vote(head);
  health_.format = text::style_name(style_);
  health_.header.release = text::release_in(head);
}

bool TextReader::next(TraceLine& line) {
  if (leaf_) {
    leaf_ = false;
    line.kind = LineKind::GraphExit;
    line.time_ns.reset();  // the line says when it was called
    line.args.clear();
    if (returned_) line.args.push_back(*returned_);
    return true;
  }
  if (refusal_) return false;
  for (;;) {
    health_.lines += taken_ - 1;
    taken_ = 1;
    if (!words_.empty() && !in_header_ && leave_out()) continue;
    if (!lines_.next(raw_)) break;
    ++health_.lines;
    taken_ = lines_.taken();
    if (lines_.cut()) cut_ = true;
    if (zeros_ && raw_.find_first_not_of('\0') != std::string_view::npos) zeros_ = false;
    if (raw_.empty()) continue;
    if (in_header_ && read_header(raw_)) continue;
    if (refusal_) return false;
    if (read_line(line)) return true;
  }
  if (!finished_) finish();
  return false;
}

void TextReader::words(std::vector<std::string> words) {
  // What no line may be left out for: it is no event, or one that hides another.
  constexpr const char* kAlways[] = {": (0x",       ": (ffff", ": 0xffff",     "nknown type ",
                                     "NKNOWN TYPE", "TOO BIG", "0000:",        "# tracer",
                                     "CORRUPTED",   "EVENTS",  "Linux version"};
  if (words.empty() || style_ != text::Style::Default || health_.header.report ||
      !text::Quick::available())
    return;
  words_ = std::move(words);
  words_.insert(words_.end(), std::begin(kAlways), std::end(kAlways));
}

// Whether the capture so far gives no reason to doubt the lines that would be passed over.
bool TextReader::clean() const {
  for (const AnomalyInfo& entry : anomaly_table())
    if (entry.effect == Effect::Damage && health_.of(entry.kind).count > 0) return false;
  return health_.of(Anomaly::UnresolvedFunction).count == 0 &&
         health_.of(Anomaly::UnknownType).count == 0 &&
         health_.of(Anomaly::FoundBySearch).count == 0;
}

// The next piece of the capture that is in memory. False if its lines have to be read one by one.
bool TextReader::fresh_block() {
  read_ += text_.size();
  text_ = lines_.ahead();
  place_ = 0;
  if (text_.empty()) return false;
  if (!sieve_) sieve_.emplace(words_, text_);
  if (!sieve_->usable() || health_.header.report) {
    words_.clear();
    text_ = {};
    return false;
  }
  sieve_->scan(text_, true, block_);
  return true;
}

// Counts lines that nobody asks about. False if the next line has to be read. The first line of
// each block is always read, so that the times of a long capture are known.
bool TextReader::leave_out() {
  if (text_.empty() || lines_.at() == text_.data() + text_.size()) {
    fresh_block();
    return false;
  }
  const auto at = static_cast<std::size_t>(lines_.at() - text_.data());
  if (block_.odd || !quick_.learned() || callers_ != true) return false;
  while (place_ < block_.places.size() && block_.places[place_] < at) ++place_;
  std::size_t stop = text_.size();
  if (place_ < block_.places.size())
    stop = text_.rfind('\n', block_.places[place_]) + 1;  // none: the first line, from 0
  if (stop == at) return false;
  if (read_ + at >= looked_at_ && clean()) {
    const std::int64_t lines = text::Sieve::lines(block_, at, stop);
    health_.count(Anomaly::PassedOver, health_.lines + 1, lines);
    health_.lines += lines;
    health_.events += lines;
    lines_.skip(stop - at);
    return true;
  }
  const text::Quick::Passed passed =
      quick_.pass(text_, at, stop, block_.newlines.data(), last_time_);
  health_.lines += passed.lines;
  health_.events += passed.lines;
  lines_.skip(passed.at - at);
  return passed.at == stop && passed.lines > 0;
}

// True if the line belongs to the header and says nothing else.
bool TextReader::read_header(std::string_view text) {
  if ((refusal_ = text::foreign_header_line(text))) return false;
  if (text::trim(text).empty()) return true;
  if (text.starts_with("#####") || !text::read_header_line(text, health_.header)) {
    in_header_ = false;
    const CaptureHeader& header = health_.header;
    // A name without a caller is a function line only where the option noprint-parent can be at
    // work.
    if (!header.report && header.tracer != "function") callers_ = true;
    return false;
  }
  if (text.starts_with("# WARNING: FUNCTION TRACING IS CORRUPTED"))
    health_.count(Anomaly::TracingCorrupted, health_.lines);
  return true;
}

// False if the line is a comment and states nothing.
bool TextReader::read_line(TraceLine& line) {
  line.clear();
  line.number = health_.lines;
  line.text = raw_;
  if (lines_.too_long()) {
    health_.count(Anomaly::LineTooLong, line.number);
    return true;
  }
  if (raw_.find('\0') != std::string_view::npos) {
    health_.count(Anomaly::ZeroBytes, line.number);
    return true;
  }
  if (raw_.front() == '#') return read_comment(raw_, line);
  if (style_ == Style::Log) return read_log(raw_, line);
  if (read_styled(raw_, style_, line)) return true;
  return read_odd(raw_, line);
}

bool TextReader::read_styled(std::string_view text, Style style, TraceLine& line) {
  return style == Style::Graph ? read_graph(text, line) : read_columns(text, style, line);
}

bool TextReader::read_columns(std::string_view text, Style style, TraceLine& line) {
  text::Columns columns;
  const bool split = style == Style::Default   ? text::split_columns(text, columns)
                     : style == Style::Latency ? text::split_latency(text, columns)
                     : style == Style::Verbose ? text::split_verbose(text, columns)
                                               : text::split_perf(text, columns);
  if (!split) return false;
  ++health_.events;
  if (!words_.empty()) quick_.learn(text, columns);
  line.task = columns.task;
  line.pid = columns.pid;
  line.cpu = columns.cpu;
  line.time_ns = columns.time_ns;
  line.ticks = columns.ticks;
  line.group = columns.group;
  if (columns.searched) {
    health_.count(Anomaly::FoundBySearch, line.number);
    const std::size_t prefix = line.task.find(": ");
    if (health_.header.report && prefix != std::string_view::npos) {
      line.task = text::trim_left(line.task.substr(prefix + 1));
      instance_prefix_ = true;
    }
  }
  check_time(line);
  if (style == Style::Perf && text::take(columns.body, "PERF_RECORD_LOST lost ")) {
    --health_.events;
    read_loss(Anomaly::LostEvents, line.cpu,
              text::number_of<std::int64_t>(text::trim(columns.body)).value_or(-1), line);
    return true;
  }
  const BodyResult result = text::read_body(columns.body, callers_, line);
  if (result != BodyResult::Tree) {
    finish_event(result, line);
    return true;
  }
  text::GraphBody graph = text::read_tree(line.text, line);
  read_graph_event(graph, line);
  return true;
}

void TextReader::finish_event(BodyResult result, TraceLine& line) {
  if (result == BodyResult::Event) return check_function(line);
  // Half of a damaged event must not pass for the whole of another.
  line.kind = LineKind::Unknown;
  line.symbol = line.function = line.caller = {};
  line.args.clear();
  line.text = raw_;
  health_.count(result == BodyResult::UnknownType  ? Anomaly::UnknownType
                : result == BodyResult::LineTooBig ? Anomaly::LineTooBig
                                                   : Anomaly::Unparsed,
                line.number);
}

bool TextReader::read_graph(std::string_view text, TraceLine& line) {
  text::GraphCells cells;
  if (const auto change = text::graph_switch(text)) {
    graph_.running(change->cpu, change->pid);
    line.kind = LineKind::Stack;
    return true;
  }
  if (text::is_graph_ornament(text)) {
    line.kind = LineKind::Stack;
    return true;
  }
  if (!text::split_graph(text, cells)) return false;
  ++health_.events;
  line.task = cells.task;
  line.cpu = cells.cpu;
  line.pid = cells.pid >= 0 ? cells.pid : graph_.task_of(cells.cpu);
  line.time_ns = cells.time_ns;
  check_time(line);
  text::GraphBody graph = text::read_tree(cells.tree, line);
  read_graph_event(graph, line);
  return true;
}

void TextReader::read_graph_event(text::GraphBody& graph, TraceLine& line) {
  finish_event(graph.result, line);
  if (graph.result != BodyResult::Event || graph.comment) return;
  if (line.kind == LineKind::GraphEntry) {
    leaf_ = graph.leaf;
    returned_ = graph.returned;
    if (!graph.leaf) graph_.call(line, graph.depth);
    return;
  }
  const std::string_view name = graph_.finished(line, graph.depth);
  if (line.function.empty()) line.function = line.symbol = name;
}

bool TextReader::read_log(std::string_view text, TraceLine& line) {
  text::LogPrefix prefix;
  const bool logged = text::split_log(text, prefix);
  const std::string_view message = prefix.text;
  if (text::trim(message).empty()) return false;
  const bool dump = message.starts_with("Dumping ftrace ");
  if (dump || text::is_graph_ornament(message) || message.starts_with("(ftrace buffer empty)")) {
    if (dump) last_time_.clear();  // the times of a dump begin anew
    return false;
  }
  text::Columns columns;
  if (text::split_columns(message, columns)) return read_columns(message, Style::Default, line);
  if (text::split_latency(message, columns)) return read_columns(message, Style::Latency, line);
  if (text::read_pstore_function(message, line)) {
    ++health_.events;
    check_function(line);
    return true;
  }
  if (const auto mark = loss_mark(message)) {
    read_loss(Anomaly::LostEvents, mark->cpu, mark->events, line);
    return true;
  }
  if (const auto dropped = text::dropped_messages(message)) {
    read_loss(Anomaly::DroppedMessages, -1, *dropped, line);
    return true;
  }
  ++health_.events;
  line.time_ns = prefix.time_ns;
  line.cpu = prefix.cpu;
  line.pid = prefix.pid;
  if (const auto release = text::booted(message)) {
    line.kind = LineKind::Boot;
    line.text = *release;
    last_time_.clear();
    return true;
  }
  if (const auto mirrored = logged ? text::read_mirrored(message, line) : std::nullopt)
    finish_event(*mirrored, line);
  else
    text::read_message(message, line);
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

// A line that is no event of the file's own format.
bool TextReader::read_odd(std::string_view text, TraceLine& line) {
  const std::string_view content = text::trim_left(text);
  if (content.empty()) return false;
  if (const auto mark = loss_mark(text)) {
    read_loss(Anomaly::LostEvents, mark->cpu, mark->events, line);
    return true;
  }
  if (content.starts_with("=> ") || (style_ == Style::Perf && is_frame(text))) {
    line.kind = LineKind::Stack;
    return true;
  }
  if (content.find("[LINE TOO BIG]") != std::string_view::npos) {
    health_.count(Anomaly::LineTooBig, line.number);
    return true;
  }
  // Pieces of several captures in one text, as in a mail.
  if (!health_.header.present)
    for (const Style style : {Style::Default, Style::Latency, Style::Graph})
      if (style != style_ && read_styled(text, style, line)) return true;
  const bool noise = std::any_of(text.begin(), text.end(), is_control);
  health_.count(noise ? Anomaly::BinaryNoise : Anomaly::Unparsed, line.number);
  return true;
}

void TextReader::read_loss(Anomaly kind, int cpu, std::int64_t events, TraceLine& line) {
  health_.count(kind, line.number);
  line.kind = LineKind::Lost;
  line.cpu = cpu;
  line.lost = events;
  graph_.forget();
  LostOnCpu& lost = health_.lost[cpu];
  ++lost.marks;
  lost.events += std::clamp<std::int64_t>(events, 0, INT64_MAX - lost.events);
}

// The buffer of one CPU is in order of time; between CPUs only the clock decides.
void TextReader::check_time(const TraceLine& line) {
  if (line.cpu < 0 || (!line.time_ns && !line.ticks)) return;
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
  const CaptureHeader& header = health_.header;
  if (!header.present && !header.report && style_ != Style::Log)
    health_.count(Anomaly::NoHeader, 0);
  if (header.entries_written.value_or(0) > header.entries_in_buffer.value_or(0))
    health_.count(Anomaly::WrappedBuffer, 0);
  if (cut_) health_.count(Anomaly::CutEnd, health_.lines);
  const auto& promised = header.entries_in_buffer;
  if (promised && *promised != health_.events) health_.count(Anomaly::EntryCountMismatch, 0);
  if (instance_prefix_ && function_lines_ >= kManyFunctionLines)
    health_.count(Anomaly::WrongSymbols, 0);
  health_.problem = lines_.problem();
  if (!health_.problem.empty()) health_.count(Anomaly::BadPacking, health_.lines);
}

std::optional<Refusal> TextReader::refusal() const {
  if (refusal_) return refusal_;
  if (health_.events > 0) return std::nullopt;
  if (!health_.problem.empty()) return Refusal{health_.problem, "copy the file again"};
  if (zeros_)
    return Refusal{"the file has only zero bytes", "it was not written to its end; copy it again"};
  return text::no_events(sample_, health_.header);
}

}  // namespace luproof::traces
