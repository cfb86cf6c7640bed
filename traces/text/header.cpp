// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text_reader_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/source.h"
#include "traces/text_reader_scan.h"

namespace luproof::traces::text {

namespace {

constexpr std::size_t kSample = 1 << 16;  // bytes looked at to name a foreign format

constexpr std::string_view kLatencyHint =
    "echo nolatency-format > /sys/kernel/tracing/trace_options, then read `trace` again";
constexpr std::string_view kGraphHint =
    "use the tracer `function` or `nop` with probe events, or `trace-cmd report` of its trace.dat";

struct Foreign {
  std::string_view mark;
  std::string_view what;
  std::string_view hint;
};

constexpr std::array<Foreign, 5> kStarts{{
    {"\x17\x08\x44tracing", "a binary trace-cmd file (trace.dat)",
     "trace-cmd report trace.dat > trace.txt"},
    {"PERFILE2", "a perf.data file", "record with ftrace instead: trace-cmd, or tracefs"},
    {"\x1f\x8b", "a gzip-compressed file", "unpack it first: gunzip"},
    {"\xfd\x37zXZ", "an xz-compressed file", "unpack it first: unxz"},
    {"\x7f\x45LF", "an ELF file", "give the text of a capture"},
}};

// Marks within the first lines of files that have no header.
constexpr std::array<Foreign, 8> kBodies{{
    {" us  | ", "function_graph output", kGraphHint},
    {" us   | ", "function_graph output", kGraphHint},
    {" us    | ", "function_graph output", kGraphHint},
    {" |               |  ", "function_graph output", kGraphHint},
    {") {\n", "function_graph output", kGraphHint},
    {"us : ", "ftrace text in latency format", kLatencyHint},
    {"us+: ", "ftrace text in latency format", kLatencyHint},
    {"Dumping ftrace buffer", "a kernel log with an ftrace dump",
     "give the capture as a file of its own, not the log"},
}};

Refusal refuse(std::string_view what, std::string_view hint) {
  return {fmt::format("this is {}, which luproof does not read", what), std::string(hint)};
}

std::string_view value_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  return at == std::string_view::npos ? std::string_view{}
                                      : trim_left(line.substr(at + key.size()));
}

template <typename Number>
std::optional<Number> number_at(std::string_view text) {
  return number_of<Number>(take_while(text, is_digit));
}

}  // namespace

bool read_header_line(std::string_view line, CaptureHeader& header) {
  if (line.starts_with('#')) {
    header.present = true;
    if (line.starts_with("# tracer:")) header.tracer = trim(value_after(line, "# tracer:"));
    const std::string_view entries = value_after(line, "entries-in-buffer/entries-written:");
    if (!entries.empty()) {
      header.entries_in_buffer = number_at<std::int64_t>(entries);
      header.entries_written = number_at<std::int64_t>(value_after(entries, "/"));
      header.cpus = number_at<int>(value_after(entries, "#P:"));
    }
    return true;
  }
  const bool empty_cpu = line.starts_with("CPU ") && line.ends_with(" is empty");
  const bool count = line.starts_with("cpus=");
  if (!empty_cpu && !count && !line.starts_with("version = ")) return false;
  header.report = true;
  if (count) header.cpus = number_of<int>(line.substr(5));
  return true;
}

std::optional<Refusal> foreign_start(std::string_view text) {
  for (const Foreign& foreign : kStarts)
    if (text.starts_with(foreign.mark)) return refuse(foreign.what, foreign.hint);
  return std::nullopt;
}

std::optional<Refusal> foreign_header_line(std::string_view line) {
  if (line.starts_with("# latency: ") || line.find(" latency trace v") != std::string_view::npos)
    return refuse("ftrace text in latency format", kLatencyHint);
  if (!line.starts_with("# tracer:")) return std::nullopt;
  const std::string_view tracer = trim(value_after(line, "# tracer:"));
  if (tracer == "nop" || tracer == "function") return std::nullopt;
  if (tracer == "function_graph") return refuse("function_graph output", kGraphHint);
  return refuse(fmt::format("output of the tracer '{}'", model::printable(tracer.substr(0, 40))),
                "use the tracer `function` or `nop` with probe events");
}

Refusal no_events(std::string_view text, const CaptureHeader& header) {
  const std::string_view sample = text.substr(0, kSample);
  if (std::all_of(text.begin(), text.end(), [](char c) { return c == '\0'; }))
    return {"the file has only zero bytes", "it was not written to its end; copy it again"};
  for (const Foreign& foreign : kBodies)
    if (sample.find(foreign.mark) != std::string_view::npos)
      return refuse(foreign.what, foreign.hint);
  if (header.entries_in_buffer.value_or(0) > 0)
    return {
        fmt::format("the header promises {} events, but no line is one", *header.entries_in_buffer),
        "the file was cut off; copy it again"};
  if (header.present || header.report)
    return {"the capture has a header but no event",
            "was tracing on? A capture without events proves nothing"};
  return {"no line of the file is an ftrace event",
          "expected lines like: \"  sh-117  [001] .....  44.407649: pcie_flr <-vfio_pci_open\""};
}

}  // namespace luproof::traces::text
