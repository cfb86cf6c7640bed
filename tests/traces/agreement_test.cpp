// SPDX-License-Identifier: GPL-2.0-or-later
// Two readers that share no code have to say the same of one ring buffer: what the kernel printed,
// and its pages as trace-cmd saved them.
#include "tests/traces/agree.h"

#include <catch2/catch.hpp>

#include "tests/traces/capture.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

// Task switches and stack traces are drawn, and are no events.
std::vector<TraceLine> events(const Capture& capture) {
  std::vector<TraceLine> found;
  for (const TraceLine& line : capture.lines)
    if (line.kind != LineKind::Stack) found.push_back(line);
  return found;
}

}  // namespace

TEST_CASE("text and binary of one buffer agree event by event", "[traces][dat]") {
  const auto [text, dat, printed] = GENERATE(table<std::string, std::string, Printed>({
      {"s1/igb-kprobe.trace.txt", "s1/igb-kprobe.trace.dat", Printed::Rounded},
      {"s1/igb-kprobe.trace.txt", "s1/igb-kprobe.v6.trace.dat.zst", Printed::Rounded},
      {"s1/igb-kprobe.report.txt.zst", "s1/igb-kprobe.trace.dat", Printed::Rounded},
      {"s1/igb-kprobe.report-noplugins.txt.zst", "s1/igb-kprobe.trace.dat", Printed::Rounded},
      {"s3/new.bootmap.trace.txt", "s3/new.bootmap.trace.dat", Printed::Rounded},
      {"s3/new.boot.trace.txt", "s3/new.boot.trace.dat", Printed::Rounded},
      {"s5/all.trace.txt.zst", "s5/all.trace.dat", Printed::Rounded},
      {"s6-basic/new.bootmap.trace.txt", "s6-basic/new.bootmap.trace.dat", Printed::Rounded},
      {"s6-basic/luo-graph.trace.txt.zst", "s6-basic/luo-graph.trace.dat", Printed::Cut},
      {"s6-basic/luo-graph.report.txt.zst", "s6-basic/luo-graph.trace.dat", Printed::Rounded},
      {"s6-vfs-failfreeze/new.bootmap.trace.txt.zst", "s6-vfs-failfreeze/new.bootmap.trace.dat",
       Printed::Rounded},
      {"s7lost/nooverwrite.trace.txt.zst", "s7lost/nooverwrite.trace.dat", Printed::Rounded},
      {"s7lost/tracecmd.report.txt.zst", "s7lost/tracecmd.trace.dat", Printed::Rounded},
  }));
  CAPTURE(text, dat);
  const Capture printed_capture = read_capture(text);
  const Capture saved = read_capture(dat);
  CHECK(printed_capture.errors == "");
  CHECK(saved.errors == "");
  CHECK(differences(events(printed_capture), events(saved), printed) == "");
  CHECK(saved.lines.size() > 100);
}

TEST_CASE("addresses of the kernel before are shifted to where its functions were",
          "[traces][dat]") {
  // The file's symbols are those of the kernel after the kexec, which KASLR had put elsewhere.
  const Capture before = read_capture("s3/new.bootmap.trace.dat");
  CHECK(before.at(388).function == "pci_clear_master");
  CHECK(argument(before.at(388), "dev").text == "0000:01:10.6");
  CHECK(before.at(2).function == "sriov_numvfs_store");
  // Modules move by themselves: no name is better than a wrong one, and is said.
  CHECK(before.at(3).kind == LineKind::Function);
  CHECK(before.at(3).function.empty());
  CHECK(before.count(Anomaly::UnresolvedFunction) == 14);
  CHECK(before.health.header.release == "7.3.4+deb13-amd64");
}

TEST_CASE("a binary file tells its losses by itself", "[traces][dat]") {
  // With overwrite=0 the text of this buffer looks complete: only counters know of 10,375 events.
  const Capture dropped = read_capture("s7lost/nooverwrite.trace.dat");
  REQUIRE(dropped.health.stats.size() == 2);
  CHECK(dropped.health.stats[0].dropped == 995);
  CHECK(dropped.health.stats[1].dropped == 9380);
  CHECK(dropped.count(Anomaly::CpuOverrun) == 2);
  CHECK(dropped.health.worst() == Effect::Loss);
  const Capture recorded = read_capture("s7lost/tracecmd.trace.dat");
  CHECK(recorded.count(Anomaly::LostEvents) == 3);
  CHECK(recorded.health.lost.at(1).events == 249);
  CHECK(recorded.health.lost.at(0).events == 294);
  CHECK(recorded.health.stats[0].overrun == 294);
}
