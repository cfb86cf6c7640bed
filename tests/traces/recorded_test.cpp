// SPDX-License-Identifier: GPL-2.0-or-later
// Recorded captures and the verdicts that were worked out by hand from their lines.
#include "tests/traces/validate.h"

namespace luproof::traces::test {
namespace {

struct Case {
  std::vector<std::string> captures;
  std::string topology;
  std::vector<std::string> keep;
  Outcome outcome;
  std::string property, function;
  std::optional<int> line;
};

Judged judge_case(const Case& each) {
  ValidateOptions options;
  for (const std::string& name : each.captures) options.captures.push_back(captured(name));
  options.topology = captured("topology/" + each.topology);
  options.keep = each.keep;
  options.kernel = "7.3.4";
  return judge(options);
}

}  // namespace

TEST_CASE("verdicts on recorded captures are those worked out by hand", "[traces][validator]") {
  const std::string vf0 = "0000:01:10.0";
  const Case each = GENERATE_COPY(values<Case>({
      // Unbinding a driver clears mastering with a plain config write; the write before it, of 0x6,
      // changes another bit.
      {{"s1/igb-kprobe.trace.txt"},
       "igb4.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-dma-continues",
       vf0,
       193},
      // The same from a dump that was taken before the VFs were there.
      {{"s1/igb-kprobe.trace.txt"},
       "no-vfs.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-dma-continues",
       vf0,
       193},
      {{"s1/igb-kprobe.trace.txt"},
       "igb4.lspci.zst",
       {"0000:01:10.4"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.4",
       288},
      // VFs whose mastering was never on are cleared first, from line 357 on.
      {{"s3/new.bootmap.trace.txt"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       400},
      {{"s3/new.bootmap.trace.txt"},
       "igb4-nvme7.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-dma-continues",
       vf0,
       424},
      // No line names a device: every function has passed pci_iov_init.
      {{"s3/new.boot.trace.txt"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-exists",
       vf0,
       std::nullopt},
      {{"s3/new.bootmap.trace.txt", "s3/new.boot.trace.txt"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       400},
      // Lines 36 and 61 ask whether a reset would work, and line 350 clears a bit that was off.
      {{"s5/all.trace.txt.zst"},
       "vfio-pf-2-vfs.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-reset",
       vf0,
       367},
      // Probes of three nvme VFs fail and take back the mastering that they turned on.
      {{"s6-vfs-failfreeze/new.bootmap.trace.txt.zst"},
       "igb4-nvme3.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       570},
      // The binary files of the same buffers: events are counted, not the lines of a header of 12.
      {{"s1/igb-kprobe.trace.dat"},
       "igb4.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-dma-continues",
       vf0,
       193 - 12},
      {{"s1/igb-kprobe.v6.trace.dat.zst"},
       "igb4.lspci.zst",
       {"0000:01:10.4"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.4",
       288 - 12},
      {{"s3/new.bootmap.trace.dat"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       400 - 12},
      {{"s3/new.boot.trace.dat"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-exists",
       vf0,
       std::nullopt},
      {{"s3/new.bootmap.trace.dat", "s3/new.boot.trace.dat"},
       "igb4-nvme7.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       400 - 12},
      {{"s5/all.trace.dat"},
       "vfio-pf-2-vfs.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-reset",
       vf0,
       367 - 12},
      {{"s6-vfs-failfreeze/new.bootmap.trace.dat"},
       "igb4-nvme3.lspci.zst",
       {"all"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.6",
       570 - 12},
      // Kept from a later line on, the next reset counts.
      {{"s5/all.trace.txt.zst"},
       "vfio-pf-2-vfs.lspci.zst",
       {vf0 + "@line:368"},
       Outcome::Violates,
       "vf-reset",
       vf0,
       418},
      {{"s5/all.trace.dat"},
       "vfio-pf-2-vfs.lspci.zst",
       {vf0 + "@line:356"},
       Outcome::Violates,
       "vf-reset",
       vf0,
       418 - 12},
      {{"s1/igb-kprobe.trace.dat"},
       "igb4.lspci.zst",
       {"0000:01:10.4"},
       Outcome::Violates,
       "vf-dma-continues",
       "0000:01:10.4",
       288 - 12},
      {{"s3/new.bootmap.trace.dat"},
       "igb4-nvme7.lspci.zst",
       {vf0},
       Outcome::Violates,
       "vf-dma-continues",
       vf0,
       424 - 12},
  }));
  CAPTURE(each.captures.front(), each.keep.front(), each.topology);
  const Judged judged = judge_case(each);
  CHECK(outcome_name(judged->outcome) == outcome_name(each.outcome));
  CHECK(judged->exit_status() == 1);
  REQUIRE_FALSE(judged->violations.empty());
  const TraceViolation& first = judged->violations.front();
  CHECK(first.property == each.property);
  CHECK(first.function == each.function);
  CHECK(first.line == each.line);
  CHECK(first.capture == 0);
  CHECK(first.trust == Trust::Certain);
}

TEST_CASE("where nothing has to be kept ordinary use of SR-IOV conforms", "[traces][validator]") {
  const std::string capture = GENERATE("s1/igb-kprobe.trace.txt", "s1/igb-kprobe.trace.dat");
  const Judged judged = judge_case({{capture}, "igb4.lspci.zst", {}, {}, {}, {}, {}});
  CHECK(judged->outcome == Outcome::Conforms);
  CHECK(judged->exit_status() == 0);
  CHECK(judged->violations.empty());
}

TEST_CASE("a live update of memory alone loses no function that anybody kept",
          "[traces][validator]") {
  for (const Case& each : {
           Case{{"s6-basic/new.bootmap.trace.txt", "s6-basic/new.boot.trace.txt.zst"},
                "no-vfs.lspci.zst",
                {},
                {},
                {},
                {},
                {}},
           Case{{"s6-vfs-failfreeze/old.failed-kexec.trace.txt.zst"},
                "igb4-nvme3.lspci.zst",
                {},
                {},
                {},
                {},
                {}},
           Case{{"s6-basic/new.bootmap.trace.dat", "s6-basic/new.boot.trace.dat"},
                "no-vfs.lspci.zst",
                {},
                {},
                {},
                {},
                {}},
       }) {
    CAPTURE(each.captures.front());
    CHECK(judge_case(each)->outcome == Outcome::Conforms);
  }
}

TEST_CASE("a violation without a line says by which line it has happened", "[traces][validator]") {
  const Judged judged =
      judge_case({{"s3/new.boot.trace.txt"}, "igb4-nvme7.lspci.zst", {"all"}, {}, {}, {}, {}});
  // 28 functions, 11 of them VFs: the 17th line of pci_iov_init is line 346 of the file.
  CHECK(judged->violations.front().by_line == 346);
  CHECK(judged->violations.front().event == "sriov_init(0000:01:00.0)");
  CHECK(judged->violations.size() == 11);
}

TEST_CASE("the first of several kernels is named, losses of the next one are listed",
          "[traces][validator]") {
  const Judged judged = judge_case({{"s3/new.bootmap.trace.txt", "s3/new.boot.trace.txt"},
                                    "igb4-nvme7.lspci.zst",
                                    {"all"},
                                    {},
                                    {},
                                    {},
                                    {}});
  const auto& all = judged->violations;
  const auto second =
      std::count_if(all.begin(), all.end(), [](const auto& v) { return v.capture == 1; });
  const auto gone = std::count_if(all.begin(), all.end(),
                                  [](const auto& v) { return v.property == "vf-exists"; });
  // Four VFs lose DMA in the old kernel; all eleven are gone in the new one.
  CHECK(all.size() == 15);
  CHECK(second == 11);
  CHECK(gone == 11);
}

TEST_CASE("captures with missing events never conform and say where", "[traces][validator]") {
  SECTION("an overwritten start") {
    const Judged judged =
        judge_case({{"s7lost/overwrite.trace.txt.zst"}, "igb4.lspci.zst", {"all"}, {}, {}, {}, {}});
    CHECK(judged->outcome == Outcome::Inconclusive);
    CHECK(has_gap(*judged, "1318 of 12490 are left"));
  }
  SECTION("newest events dropped: only the statistics tell") {
    ValidateOptions options;
    options.captures = {captured("s7lost/nooverwrite.trace.txt.zst")};
    options.stats = {captured("s7lost/nooverwrite.stats.txt")};
    options.topology = captured("topology/igb4.lspci.zst");
    const Judged judged = judge(options);
    CHECK(judged->outcome == Outcome::Inconclusive);
    CHECK(judged->lost == 995 + 9380);
    CHECK(has_gap(*judged, "9380 dropped"));
  }
  SECTION("the binary file of the same buffer has the statistics in itself") {
    const Judged judged =
        judge_case({{"s7lost/nooverwrite.trace.dat"}, "igb4.lspci.zst", {"all"}, {}, {}, {}, {}});
    CHECK(judged->outcome == Outcome::Inconclusive);
    CHECK(judged->lost == 995 + 9380);
  }
  SECTION("marks that trace-cmd recorded") {
    const Judged judged =
        judge_case({{"s7lost/tracecmd.trace.dat"}, "igb4.lspci.zst", {"all"}, {}, {}, {}, {}});
    CHECK(judged->outcome == Outcome::Inconclusive);
    CHECK(has_gap(*judged, "249 events lost"));
  }
  SECTION("marks inside the file") {
    const Judged judged =
        judge_case({{"s7lost/pipe.trace_pipe.txt.zst"}, "igb4.lspci.zst", {"all"}, {}, {}, {}, {}});
    CHECK(judged->outcome == Outcome::Inconclusive);
    std::vector<std::pair<int, int>> marks;  // line, CPU
    for (const Gap& gap : judged->gaps)
      if (gap.line > 0) marks.emplace_back(gap.line, gap.cpu);
    CHECK(marks == std::vector<std::pair<int, int>>{{223, 1}, {346, 0}, {452, 1}, {573, 0}});
  }
}

TEST_CASE("a dump that shows what the capture creates is used for structure only",
          "[traces][validator]") {
  const Judged judged =
      judge_case({{"s3/new.bootmap.trace.txt"}, "igb4-nvme7.lspci.zst", {"all"}, {}, {}, {}, {}});
  REQUIRE_FALSE(judged->assumptions.empty());
  CHECK(judged->assumptions.front().find("only its structure is used") != std::string::npos);
}

TEST_CASE("a dump used at its own moment gives the same verdict", "[traces][validator]") {
  ValidateOptions options;
  options.captures = {captured("s3/new.bootmap.trace.txt")};
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.topology_at = GENERATE("kexec", "marker:kexec -e");
  options.keep = {"all@kexec"};
  options.kernel = "7.3.4";
  const Judged judged = judge(options);
  CHECK(judged->violations.front().line == 400);
  REQUIRE(judged->assumptions.size() == 1);
  CHECK(judged->assumptions.front().find("in the order of the file") != std::string::npos);
  CHECK(judged->kept.size() == 11);
}

TEST_CASE("every function is counted before one is said to be gone", "[traces][validator]") {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(captured("s3/new.boot.trace.txt"), 1 << 20, diagnostics);
  REQUIRE(source);
  // Cut before line 346, the last function's.
  const Temporary capture(source->text.substr(0, source->line_starts[345]));
  ValidateOptions options;
  options.captures = {capture.path()};
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.keep = {"all"};
  const Judged judged = judge(options);
  CHECK(judged->violations.empty());
  CHECK(judged->outcome == Outcome::Inconclusive);
  CHECK(has_gap(*judged, "16 of 17 functions passed pci_iov_init"));
}

TEST_CASE("function lines alone name nothing and decide nothing", "[traces][validator]") {
  const Judged judged = judge_case(
      {{"s3/new.bootmap-asfound.trace.txt.zst"}, "igb4-nvme7.lspci.zst", {"all"}, {}, {}, {}, {}});
  CHECK(judged->outcome == Outcome::Inconclusive);
  for (const TraceViolation& violation : judged->violations)
    CHECK(violation.trust == Trust::IfComplete);
}

}  // namespace luproof::traces::test
