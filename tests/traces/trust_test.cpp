// SPDX-License-Identifier: GPL-2.0-or-later
// How far a verdict can be trusted: what is missing where, and which order of lines is none.
#include "tests/traces/validate.h"
#include "traces/certainty.h"

using namespace luproof::traces;
using namespace luproof::traces::test;
using Catch::Matchers::Contains;

namespace {

const std::string kVf = "0000:01:10.0", kOther = "0000:01:10.2", kPf = "0000:01:00.0";

std::string certainty(const Judged& judged) {
  return std::string(certainty_text(certainty_of(*judged)));
}

Judged judge_file(const std::string& capture, const std::string& topology,
                  std::vector<std::string> keep) {
  ValidateOptions options;
  options.captures = {captured(capture)};
  options.topology = captured("topology/" + topology);
  options.keep = std::move(keep);
  options.kernel = "7.3.4";
  return judge(options);
}

// A line of a probe at this many microseconds.
std::string at(int us, int cpu, int pid, const std::string& function, const std::string& more) {
  return fmt::format("{:>16}-{:<7} [{:03}] .....     1.{:06}: {}: ({}+0x4/0x40) {}", "task", pid,
                     cpu, us, function, function, more);
}
std::string command(int us, int cpu, int pid, const std::string& dev, int value) {
  return at(us, cpu, pid, "pci_write_config_word",
            fmt::format("dev=\"{}\" where=0x4 val={:#x}", dev, value));
}

// VFs that the capture itself switches on, so that nothing but its lines says what is on.
Lines fresh() {
  Lines lines;
  lines.raw(at(1, 0, 7, "sriov_enable", "dev=\"" + kPf + "\""));
  lines.raw(at(2, 0, 7, "pci_write_config_word", "dev=\"" + kPf + "\" where=0x168 val=0x19"));
  return lines;
}

const Gap& gap_at(const TraceVerdict& verdict, std::int64_t line, int cpu) {
  for (const Gap& gap : verdict.gaps)
    if (gap.line == line && gap.cpu == cpu) return gap;
  FAIL("no gap at line " << line);
  return verdict.gaps.front();
}

bool assumes(const TraceVerdict& verdict, const std::string& part) {
  for (const std::string& assumption : verdict.assumptions)
    if (assumption.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("every verdict says how far it goes, in one of four phrases", "[traces][trust]") {
  CHECK(certainty(judge_file("s1/igb-kprobe.trace.txt", "igb4.lspci.zst", {kVf})) ==
        "violated whatever was lost");
  CHECK(certainty(judge_file("s1/igb-kprobe.trace.txt", "igb4.lspci.zst", {})) == "consistent");
  CHECK(certainty(judge_file("s7lost/pipe.trace_pipe.txt.zst", "igb4.lspci.zst", {kVf})) ==
        "cannot tell");
  // A line without a name: the VF was hit only if it was this one.
  Lines nameless;
  nameless.command(kVf, 0x6).add("pci_clear_master <-device_shutdown");
  CHECK(certainty(judge(nameless, {kVf})) == "violated only if nothing was lost");
}

TEST_CASE("a loss stands between the lines of its CPU around the mark", "[traces][trust]") {
  const Judged judged = judge_file("s7lost/pipe.trace_pipe.txt.zst", "igb4.lspci.zst", {kVf});
  // Of CPU 1 the last line before the mark in line 223 is line 181, and so on.
  const auto [mark, cpu, after, before, from, to] =
      GENERATE(table<int, int, int, int, std::int64_t, std::int64_t>({
          {223, 1, 181, 224, 31'460'305'000, 33'316'326'000},
          {346, 0, 222, 347, 31'473'953'000, 33'640'194'000},
          {452, 1, 345, 453, 33'348'609'000, 35'150'064'000},
          {573, 0, 451, 574, 33'677'757'000, 36'405'805'000},
      }));
  const Gap& gap = gap_at(*judged, mark, cpu);
  REQUIRE(gap.where.size() == 1);
  CHECK(gap.where[0].cpu == cpu);
  CHECK(gap.where[0].after_line == after);
  CHECK(gap.where[0].before_line == before);
  CHECK(gap.where[0].from == from);
  CHECK(gap.where[0].to == to);
}

TEST_CASE("a wrapped buffer lacks what was before the first line of each CPU", "[traces][trust]") {
  const Judged judged = judge_file("s7lost/overwrite.trace.txt.zst", "igb4.lspci.zst", {kVf});
  for (const Gap& gap : judged->gaps) {
    if (gap.what.find("wrapped") == std::string::npos) continue;
    REQUIRE(gap.where.size() == 2);
    CHECK(gap.where[0].cpu == 0);
    CHECK(gap.where[0].before_line == 13);
    CHECK_FALSE(gap.where[0].from);
    CHECK(gap.where[1].cpu == 1);
    CHECK(gap.where[1].before_line == 89);
    CHECK(gap.where[1].to == 16'887'225'000);
  }
}

TEST_CASE("a mark behind the last line of its CPU is open to the end", "[traces][trust]") {
  Lines lines;
  lines.raw(command(1, 0, 7, kVf, 4)).raw(command(2, 1, 8, kOther, 4));
  lines.raw("CPU:0 [LOST 5 EVENTS]").raw(command(9, 1, 8, kOther, 4));
  const Judged judged = judge(lines, {kVf});
  const Gap& gap = gap_at(*judged, 3, 0);
  REQUIRE(gap.where.size() == 1);
  CHECK(gap.where[0].after_line == 1);
  CHECK(gap.where[0].before_line == 0);
  CHECK(gap.where[0].from == 1'000'001'000);
  CHECK_FALSE(gap.where[0].to);
}

TEST_CASE("a loss that depends on the order of two CPUs is not certain if the clock is not",
          "[traces][trust]") {
  Lines lines = fresh();
  lines.raw(command(100, 1, 8, kVf, 0x4));
  SECTION("too close to tell") {
    lines.raw(command(109, 0, 7, kVf, 0x0));
    const Judged judged = judge(lines, {kVf});
    REQUIRE(judged->violations.size() == 1);
    CHECK(judged->violations[0].trust == Trust::IfComplete);
    CHECK_THAT(judged->violations[0].reason, Contains("line 3 of CPU 1"));
    CHECK(certainty(judged) == "violated only if nothing was lost");
    CHECK(judged->exit_status() == 3);
  }
  SECTION("far enough") {
    lines.raw(command(111, 0, 7, kVf, 0x0));
    CHECK(judge(lines, {kVf})->violations[0].trust == Trust::Certain);
  }
  SECTION("a task keeps its order wherever it runs") {
    lines.raw(command(101, 0, 8, kVf, 0x0));
    CHECK(judge(lines, {kVf})->violations[0].trust == Trust::Certain);
  }
  SECTION("so does what stands before it on its CPU") {
    lines.raw(command(101, 1, 7, kOther, 0x4)).raw(command(102, 0, 7, kVf, 0x0));
    CHECK(judge(lines, {kVf})->violations[0].trust == Trust::Certain);
  }
  SECTION("a line between that has the other order does not matter") {
    lines.raw(command(101, 1, 9, kOther, 0x4)).raw(command(102, 0, 7, kVf, 0x0));
    CHECK(judge(lines, {kVf})->violations[0].trust == Trust::IfComplete);
  }
}

TEST_CASE("an order that nothing depends on leaves a loss certain", "[traces][trust]") {
  Lines lines = fresh();
  lines.raw(command(50, 0, 7, kVf, 0x4)).raw(command(100, 1, 8, kVf, 0x4));
  lines.raw(command(101, 0, 7, kVf, 0x0));  // lost in either order: it was on before
  CHECK(judge(lines, {kVf})->violations[0].trust == Trust::Certain);
  Lines other = fresh();
  other.raw(command(50, 0, 7, kVf, 0x4)).raw(command(100, 1, 8, kOther, 0x4));
  other.raw(command(101, 0, 7, kVf, 0x0));
  CHECK(judge(other, {kVf})->violations[0].trust == Trust::Certain);
}

TEST_CASE("a line just behind may have come first too", "[traces][trust]") {
  // The VF goes with VF Enable; what clears its own bit is another loss only if it came before.
  Lines lines = fresh();
  lines.raw(command(50, 0, 7, kVf, 0x4)).raw(command(100, 1, 8, kVf, 0x0));
  lines.raw(at(101, 0, 7, "pci_write_config_word", "dev=\"" + kPf + "\" where=0x168 val=0x18"));
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->violations.size() == 2);
  CHECK(judged->violations[0].property == "vf-exists");
  CHECK(judged->violations[0].trust == Trust::Certain);
  CHECK(judged->violations[1].property == "vf-dma-continues");
  CHECK(judged->violations[1].trust == Trust::IfComplete);
}

TEST_CASE("the policy of order is an assumption that is said", "[traces][trust]") {
  CHECK(assumes(*judge_file("s1/igb-kprobe.trace.txt", "igb4.lspci.zst", {}),
                "closer than 10 us they may have happened in either order: no clock is named"));
  CHECK(assumes(*judge_file("s1/igb-kprobe.trace.dat", "igb4.lspci.zst", {}),
                "the clock 'local' may differ"));
  // A clock that counts events has an order, whatever it is called.
  Lines counted;
  for (int i = 0; i < 4; ++i)
    counted.raw(
        fmt::format("{:>16}-{:<7} [{:03}] ..... {}: pci_set_master: (pci_set_master+0x4/0x9) "
                    "dev=\"{}\"",
                    "task", 7, i % 2, 1000 + i, kVf));
  CHECK(assumes(*judge(counted, {}), "in the order of the file, but for equal times"));
  Lines one;
  one.raw(command(1, 0, 7, kVf, 4)).raw(command(2, 0, 8, kVf, 4));
  CHECK_FALSE(assumes(*judge(one, {}), "in the order of the file"));
}

TEST_CASE("a probe that may have failed where events are missing leaves no certain loss",
          "[traces][trust]") {
  Lines lines = fresh();
  lines.raw(at(100, 0, 7, "pci_device_probe", "dev=\"" + kVf + "\""));
  lines.raw(command(200, 0, 7, kVf, 0x4));
  SECTION("its failure may be among them") {
    lines.raw("CPU:0 [LOST 5 EVENTS]").raw(command(400, 0, 8, kVf, 0x0));
    const Judged judged = judge(lines, {kVf});
    REQUIRE_FALSE(judged->violations.empty());
    for (const TraceViolation& violation : judged->violations)
      CHECK(violation.trust == Trust::IfComplete);
  }
  SECTION("a task that probes the next function has ended with this one") {
    lines.raw(at(300, 0, 7, "pci_device_probe", "dev=\"" + kOther + "\""));
    lines.raw("CPU:0 [LOST 5 EVENTS]").raw(command(400, 0, 8, kVf, 0x0));
    const Judged judged = judge(lines, {kVf});
    REQUIRE_FALSE(judged->violations.empty());
    CHECK(judged->violations[0].trust == Trust::Certain);
  }
}
