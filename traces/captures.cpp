// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/captures.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/spec_folders.h"
#include "traces/design/words.h"
#include "traces/probe_file.h"
#include "traces/stats_file.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;

namespace {

constexpr std::size_t kSmallLimit = std::size_t{1} << 20;
constexpr std::int64_t kLinesBetweenLooks = 256;  // at the limits

std::string release_text(const Release& release) {
  return fmt::format("{}.{}", release.first, release.second);
}

// What the reader made of a line.
std::string described(const TraceLine& line) {
  constexpr const char* kKinds[] = {"a traced call of",
                                    "a call (function_graph) of",
                                    "a return (function_graph) of",
                                    "a probe on",
                                    "a return probe on",
                                    "a marker",
                                    "an event",
                                    "a message of the kernel",
                                    "the first line of a kernel",
                                    "a mark of lost events",
                                    "part of a stack trace",
                                    "no event that can be read"};
  std::string text = fmt::format("it is {}", kKinds[static_cast<int>(line.kind)]);
  if (!line.function.empty()) text += fmt::format(" {}", printable(line.function));
  if (!line.symbol.empty() && line.symbol != line.function)
    text += fmt::format(" '{}'", printable(line.symbol));
  if (!line.caller.empty()) text += fmt::format(", called by {}", printable(line.caller));
  if (line.pid >= 0) text += fmt::format(", task {}-{}", printable(line.task), line.pid);
  if (line.cpu >= 0) text += fmt::format(", CPU {}", line.cpu);
  for (const Argument& arg : line.args)
    text += fmt::format(", {}={}", printable(arg.name), printable(arg.text));
  return text;
}

}  // namespace

void Captures::fail(const std::string& path, std::string message, std::string hint) {
  diagnostics_.error({model::Source::make(path, ""), 0, 0, 1}, std::move(message), std::move(hint));
}

bool Captures::load(const std::string& path) {
  const auto source = model::read_source(path, kSmallLimit, diagnostics_);
  if (source) binding = read_binding(source, diagnostics_);
  for (const std::string& file : options_.probes)
    if (const auto probes = model::read_source(file, kSmallLimit, diagnostics_); probes && binding)
      read_probes(*probes, binding->probes, mentioned.probed, mentioned.traced, diagnostics_);
  return binding && diagnostics_.ok();
}

// The binding of this kernel; `release` is empty if the first capture does not say it.
bool Captures::choose(const std::string& found_release) {
  kernel = options_.kernel.empty() ? found_release : options_.kernel;
  if (!options_.binding.empty()) return load(options_.binding);
  const std::string path = model::find_spec(options_.specs, "kernels.yaml");
  const auto source = model::read_source(path, kSmallLimit, diagnostics_);
  if (source) kernels_ = read_kernels(source, diagnostics_);
  if (kernels_.empty()) return false;
  range_ = &kernels_.front();
  if (!kernel.empty()) {
    const auto wanted = read_release(kernel);
    const auto found = std::find_if(kernels_.begin(), kernels_.end(), [&](const KernelRange& r) {
      return wanted && r.holds(*wanted);
    });
    if (found == kernels_.end()) {
      diagnostics_.error(model::Span{},
                         fmt::format("no binding is for Linux '{}'", printable(kernel)),
                         fmt::format("{} lists the kernels; --binding FILE takes any", path));
      return false;
    }
    range_ = &*found;
  } else if (!options_.captures.empty()) {
    assumptions.push_back(
        fmt::format("no capture names its kernel: read as Linux {} to {} (--kernel says another)",
                    release_text(range_->from), release_text(range_->tried)));
  }
  return load(model::find_spec(options_.specs, "bindings/" + range_->binding + ".yaml"));
}

// A kernel that the binding was not made for is read all the same, and that is said.
void Captures::check_release(const CaptureReader& reader) {
  const auto release = read_release(reader.health().header.release);
  if (!release || range_ == nullptr) return;
  if (!range_->holds(*release))
    notes.push_back(
        {reader.path(), 0, -1,
         fmt::format("it is of Linux {}, but read as another kernel's", release_text(*release)),
         GapKind::Unseen});
  else if (*release > range_->tried)
    notes.push_back({reader.path(), 0, -1,
                     fmt::format("the binding was tried with Linux {}, this is {}",
                                 release_text(range_->tried), release_text(*release)),
                     GapKind::Note});
}

// "N" is of the first capture, "FILE:N" of that file.
bool Captures::read_explain() {
  if (options_.explain.empty()) return true;
  const std::size_t colon = options_.explain.rfind(':');
  const bool has_file = colon != std::string::npos;
  const auto number = text::number_of<std::int64_t>(
      std::string_view(options_.explain).substr(has_file ? colon + 1 : 0));
  if (has_file) explain_path_ = options_.explain.substr(0, colon);
  if (number && *number > 0) {
    explain_line = *number;
    return true;
  }
  diagnostics_.error(model::Span{},
                     fmt::format("--explain-line: '{}' is no line", printable(options_.explain)),
                     "N, or FILE:N");
  return false;
}

bool Captures::read() {
  if (!read_explain()) return false;
  if (options_.stats.size() > options_.captures.size()) {
    diagnostics_.error(model::Span{}, "more --stats than captures",
                       "one for each capture, in the same order");
    return false;
  }
  if (options_.captures.empty() && !choose("")) return false;
  for (std::size_t i = 0; i < options_.captures.size() && stopped.empty(); ++i) {
    const std::vector<ReaderPtr> readers = open_capture(options_.captures[i], diagnostics_);
    for (const ReaderPtr& reader : readers) {
      if (!binding && !choose(reader->health().header.release)) return false;
      check_release(*reader);
      if (!read_capture(*reader)) return false;
    }
    if (!diagnostics_.ok() || readers.empty()) return false;
    if (i < options_.stats.size() && !options_.stats[i].empty() && !read_stats_of(i)) return false;
  }
  if (explain_line >= 0 && explanation.empty() && stopped.empty()) {
    diagnostics_.error(
        model::Span{},
        fmt::format("--explain-line: no capture has a line {}", printable(options_.explain)),
        "headers and blank lines have no meaning");
    return false;
  }
  return true;
}

bool Captures::read_stats_of(std::size_t file) {
  const auto source = model::read_source(options_.stats[file], kSmallLimit, diagnostics_);
  auto stats = source ? read_stats(source, diagnostics_) : std::nullopt;
  if (!stats) return false;
  all.back().stats = std::move(*stats);
  return true;
}

// One line is enough to know that the design's code ran.
bool Captures::is_of_design(std::string_view function) const {
  return !of_design_ && range_ != nullptr && range_->of_design(function);
}

// Whether a limit is reached; what comes behind it is then as good as lost.
bool Captures::stop(const std::string& path, std::int64_t line) {
  stopped = options_.limits.reached();
  if (stopped.empty()) return false;
  notes.push_back({path, line, -1,
                   fmt::format("reading ended here, by {}: what follows is not known", stopped),
                   GapKind::Loss});
  return true;
}

// What lines that matter hold, or nothing if any line may matter.
std::vector<std::string> Captures::words(const std::vector<Moment>& awaited) const {
  std::vector<std::string> words;
  for (const Moment& moment : awaited) {
    if (moment.kind == Moment::Kind::Time || moment.kind == Moment::Kind::Line) return {};
    if (moment.kind == Moment::Kind::Marker) words.emplace_back("tracing_mark_");
  }
  for (const auto& [symbol, meanings] : binding->by_symbol) words.push_back(symbol);
  if (range_ != nullptr)
    words.insert(words.end(), range_->design_where.begin(), range_->design_where.end());
  return words;
}

bool Captures::read_capture(CaptureReader& reader) {
  Capture capture;
  capture.path = reader.path();
  std::vector<Moment> awaited = awaited_;
  const bool asked = explain_line >= 0 && explain_capture < 0 &&
                     (explain_path_.empty() ? all.empty() : explain_path_ == reader.path());
  if (asked) explain_capture = static_cast<int>(all.size());
  if (!options_.coverage && !asked)
    reader.only([&](std::string_view symbol) {
      return binding->find(base_function(symbol)) != nullptr || is_of_design(symbol) ||
             (also && also(base_function(symbol)));
    });
  if (!options_.coverage && !asked && !also && !options_.every_line) reader.words(words(awaited));
  TraceLine line;
  std::int64_t read = 0;
  while (reader.next(line)) {
    if (++read % kLinesBetweenLooks == 0 && stop(reader.path(), line.number)) break;
    capture.places.see(line);
    mentioned.add(line, *binding);
    of_design_ = of_design_ || is_of_design(line.function);
    if (options_.coverage) unbound.count(line, *binding);
    bool matters = binding->may_mean(line) || (also && also(Words::symbol(line, *binding)));
    if (!awaited.empty())
      matters = std::erase_if(awaited,
                              [&](const Moment& moment) {
                                return moment.reached_by(line, static_cast<int>(all.size()));
                              }) > 0 ||
                matters;
    if (asked && line.number == explain_line) explain(line);
    if (!matters) continue;
    const std::string quote = reader.quote(line);
    line.quote = quote;
    capture.journal.add(line);
  }
  if (const auto refusal = stopped.empty() ? reader.refusal() : std::nullopt) {
    fail(reader.path(), refusal->message, refusal->hint);
    return false;
  }
  if (!capture.journal.problem().empty()) {
    fail(reader.path(), capture.journal.problem(), "set TMPDIR to a folder with room");
    return false;
  }
  capture.health = reader.health();
  // The reader counts this at the end of the file; the header has said it from the start.
  const CaptureHeader& header = capture.health.header;
  if (!stopped.empty() && header.entries_written.value_or(0) > header.entries_in_buffer.value_or(0))
    capture.health.count(Anomaly::WrappedBuffer, 0);
  capture.stats = capture.health.stats;
  all.push_back(std::move(capture));
  return true;
}

void Captures::explain(const TraceLine& line) {
  explanation.push_back(described(line));
  if (also && also(Words::symbol(line, *binding)))
    explanation.emplace_back("the design has a procedure or an event of this name");
  if (binding->may_mean(line)) return;
  const std::string_view symbol = binding->symbol_of(line);
  if (line.kind == LineKind::Message) {
    explanation.emplace_back("no message of the binding is like it");
  } else if (symbol.empty()) {
    explanation.emplace_back("lines of this kind mean nothing to a binding");
  } else {
    std::vector<std::string> known;
    for (const auto& entry : binding->by_symbol) known.push_back(entry.first);
    std::string text =
        fmt::format("no rule of the binding '{}' is for {}", binding->name, printable(symbol));
    const std::string near = model::nearest(std::string(symbol), known);
    if (!near.empty()) text += fmt::format("; the nearest is {}", near);
    explanation.push_back(std::move(text));
  }
}

}  // namespace luproof::traces
