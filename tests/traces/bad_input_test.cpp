// SPDX-License-Identifier: GPL-2.0-or-later
// Captures that somebody forged, mixed up or took of another machine, and counters that run over.
#include <catch2/catch.hpp>

#include "tests/traces/capture.h"
#include "tests/traces/validate.h"
#include "traces/binding.h"
#include "traces/text/reader.h"

using namespace luproof::traces;
using namespace luproof::traces::test;
using luproof::model::Diagnostics;

namespace {
constexpr const char* kVf = "0000:01:10.0";
}

TEST_CASE("a newline in a marker forges a line, and what is left of it is damage", "[traces]") {
  // Whoever may write trace_marker can print any line; the header counts the events, and the
  // rest of the marker's line is no event.
  Lines lines;
  lines.raw("# tracer: nop").raw("#").raw("# entries-in-buffer/entries-written: 2/2   #P:1");
  lines.probe("pci_set_master", kVf).add("tracing_mark_write: hello");
  Lines forged = lines;
  forged.probe("pci_clear_master", kVf);
  const Judged honest = judge(lines, {kVf});
  CHECK(honest->violations.empty());
  const Judged judged = judge(forged, {kVf});
  CHECK(has_gap(*judged, "the header promises another number of events than the file has"));
  // In a binary file a marker is a record of its own and cannot pose as another event.
  const Capture dat = read_capture("s1/igb-kprobe.trace.dat");
  for (const TraceLine& line : dat.lines)
    if (line.symbol == "tracing_mark_write") CHECK(line.kind == LineKind::Marker);
}

TEST_CASE("a newline in a task's name cuts its lines, and neither half passes for an event",
          "[traces]") {
  const Capture capture = read_text(
      "# tracer: nop\n"
      "            a\nb-7       [000] .....     1.000001: sys_exit: NR 1 = 2\n"
      "            init-1       [000] .....     1.000002: sys_exit: NR 1 = 2\n");
  CHECK(capture.health.worst() == Effect::Damage);
  CHECK(capture.count(Anomaly::Unparsed) == 1);
  CHECK(capture.count(Anomaly::FoundBySearch) == 1);
  // A name that holds a whole prefix of a line is still one column wide.
  const Capture posing = read_text(
      "# tracer: nop\n"
      "a-1 [000] d..1. -23      [001] .....     1.000001: sys_exit: NR 1 = 2\n");
  REQUIRE(posing.lines.size() == 1);
  CHECK(posing.lines[0].pid == 23);
  CHECK(posing.lines[0].cpu == 1);
}

TEST_CASE("a dump of another machine: the functions that it does not have are named", "[traces]") {
  Lines lines;
  lines.probe("pci_set_master", kVf).probe("pci_set_master", "0000:77:00.0").command(kVf, 0x2);
  const Judged judged = judge(lines, {kVf});
  CHECK(has_gap(*judged, "name functions that it does not have: 0000:77:00.0;"));
}

TEST_CASE("a binding with two lines for the same call is refused", "[traces][binding]") {
  const auto source =
      luproof::model::Source::make("b.yaml",
                                   "bindings: b\nmodel: pci-rules\nexistence: exists\nlines:\n"
                                   "  - {symbol: a, with: {d: dev}, event: pci_set_master(d)}\n"
                                   "  - {symbol: a, with: {d: dev}, event: pci_clear_master(d)}\n");
  Diagnostics diagnostics;
  CHECK_FALSE(read_binding(source, diagnostics).has_value());
  CHECK(diagnostics.render().find("b.yaml:6:") != std::string::npos);
  CHECK(diagnostics.render().find("never reached") != std::string::npos);
}

TEST_CASE("more lines than 32 bits count keep their numbers", "[traces]") {
  constexpr std::int64_t kBefore = (std::int64_t{1} << 32) - 2;
  std::string text = "# tracer: nop\n";
  for (int i = 1; i <= 5; ++i)
    text +=
        fmt::format("            init-1       [000] .....     1.{:06}: sys_exit: NR 1 = 2\n", i);
  TextReader reader("long", input::bytes_of(text));
  reader.count_from(kBefore);
  TraceLine line;
  std::int64_t expected = kBefore + 1;
  while (reader.next(line)) CHECK(line.number == ++expected);
  CHECK(reader.health().lines == kBefore + 6);
  CHECK(reader.health().events == kBefore + 5);
}

TEST_CASE("a binary file of the other byte order, of another version, or of no bytes is refused",
          "[traces][dat]") {
  std::string bytes = file_bytes("s1/igb-kprobe.trace.dat");
  const std::size_t order = bytes.find('\0', 10) + 1;
  REQUIRE(bytes[order] == 0);
  std::string swapped = bytes;
  swapped[order] = 1;
  CHECK(read_bytes(swapped).errors != "");
  std::string newer = bytes;
  newer[10] = '9';
  CHECK(read_bytes(newer).errors.find("version '9'") != std::string::npos);
  CHECK(read_bytes("").errors != "");
  CHECK(read_bytes(std::string(4096, '\0')).errors != "");
}
