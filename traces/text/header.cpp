// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/source.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

struct Foreign {
  std::string_view mark;
  std::string_view what;
  std::string_view hint;
};

constexpr std::array<Foreign, 4> kStarts{{
    {"PERFILE2", "a perf.data file", "perf script --ns -F comm,pid,tid,cpu,time,event,trace"},
    {"\x7f\x45LF", "an ELF file", "give the text of a capture"},
    {"PK\x03\x04", "a zip archive", "unpack it first: unzip"},
    {"BZh", "a bzip2-compressed file", "unpack it first: bunzip2"},
}};
constexpr std::size_t kTarMark = 257;  // where a tar archive says that it is one

// Tracers that print events as ftrace text; the others have lines of their own.
constexpr std::array<std::string_view, 10> kTracers{{"nop", "function", "function_graph", "irqsoff",
                                                     "preemptoff", "preemptirqsoff", "wakeup",
                                                     "wakeup_rt", "wakeup_dl", "branch"}};

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
    // Not of the kernel: what `luproof probes` writes in front, as trace_clock says it.
    if (line.starts_with("# clock:")) header.clock = trim(value_after(line, "# clock:"));
    const std::string_view entries = value_after(line, "entries-in-buffer/entries-written:");
    if (!entries.empty()) {
      header.entries_in_buffer = number_at<std::int64_t>(entries);
      header.entries_written = number_at<std::int64_t>(value_after(entries, "/"));
      header.cpus = number_at<int>(value_after(entries, "#P:"));
    }
    // "# latency: 0 us, #505/505, CPU#0 | (M:PREEMPT …", "# nop latency trace v1.1.5 on 6.18.44"
    if (line.starts_with("# latency: ")) {
      const std::string_view counts = value_after(line, " us, #");
      header.entries_in_buffer = number_at<std::int64_t>(counts);
      header.entries_written = number_at<std::int64_t>(value_after(counts, "/"));
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

std::string release_in(std::string_view start) {
  // "# nop latency trace v1.1.5 on 6.18.44-fc", "Linux version 7.3.4-luo (root@vm) …"
  std::string_view release = value_after(start, " latency trace v");
  release = release.empty() ? value_after(start, "Linux version ")
                            : value_after(release.substr(0, release.find('\n')), " on ");
  return std::string(release.substr(0, release.find_first_of(" \r\n")));
}

std::optional<Refusal> foreign_start(std::string_view start) {
  for (const Foreign& foreign : kStarts)
    if (start.starts_with(foreign.mark)) return refuse(foreign.what, foreign.hint);
  if (start.size() > kTarMark && start.substr(kTarMark).starts_with("ustar"))
    return refuse("a tar archive", "unpack it first, and give the folder");
  return std::nullopt;
}

std::optional<Refusal> foreign_header_line(std::string_view line) {
  if (!line.starts_with("# tracer:")) return std::nullopt;
  const std::string_view tracer = trim(value_after(line, "# tracer:"));
  if (std::find(kTracers.begin(), kTracers.end(), tracer) != kTracers.end()) return std::nullopt;
  return refuse(fmt::format("output of the tracer '{}'", model::printable(tracer.substr(0, 40))),
                "use the tracer `function` or `nop` with probe events");
}

Refusal no_events(std::string_view sample, const CaptureHeader& header) {
  if (header.entries_in_buffer.value_or(0) > 0)
    return {
        fmt::format("the header promises {} events, but no line is one", *header.entries_in_buffer),
        "the file was cut off; copy it again"};
  if (header.present || header.report)
    return {"the capture has a header but no event",
            "was tracing on? A capture without events proves nothing"};
  if (sample.empty()) return {"the capture is empty", "copy it from tracefs with cat"};
  return {"no line of the file is an ftrace event",
          "expected lines like: \"  sh-117  [001] .....  44.407649: pcie_flr <-vfio_pci_open\""};
}

}  // namespace luproof::traces::text
