// SPDX-License-Identifier: GPL-2.0-or-later
// What a line means for what is kept, one rule at a time, on a machine with four VFs that are on.
#include "tests/traces/validate.h"

namespace luproof::traces::test {
namespace {

const std::string kVf = "0000:01:10.0", kOther = "0000:01:10.2", kPf = "0000:01:00.0";
const std::string kPort = "0000:00:1c.0";       // above the PF
const std::string kOtherPort = "0000:00:1c.1";  // above another one

// The line of the only violation, which has to be certain.
int only_line(const Judged& judged) {
  REQUIRE(judged->violations.size() == 1);
  CHECK(judged->violations[0].trust == Trust::Certain);
  CHECK(judged->outcome == Outcome::Violates);
  return judged->violations[0].line.value_or(0);
}

}  // namespace

TEST_CASE("a bit that was on is lost at the entry of the call that clears it",
          "[traces][validator]") {
  Lines lines;
  lines.probe("pci_clear_master", kOther).probe("pci_clear_master", kVf).command(kVf, 0x402);
  CHECK(only_line(judge(lines, {kVf})) == 2);
}

TEST_CASE("a bit that was never on cannot be lost", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6).command(kVf, 0x406).command(kVf, 0x6);
  CHECK(judge(lines, {kVf})->violations.empty());
  Lines fresh;  // VFs that are enabled in the capture start without Bus Master Enable
  fresh.probe("sriov_enable", kPf, "nr_virtfn=4")
      .probe("pci_write_config_word", kPf, "where=0x168 val=0x19")
      .command(kVf, 0)
      .probe("pci_clear_master", kVf);
  CHECK(judge(fresh, {kVf})->violations.empty());
  CHECK(judge(fresh, {kVf})->kept.front().line == 2);
}

TEST_CASE("a write of COMMAND counts by its bit 2 wherever it comes from", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x506).command(kVf, 0x402);
  CHECK(only_line(judge(lines, {kVf})) == 2);
  Lines elsewhere;  // another register
  elsewhere.command(kVf, 0x6).probe("pci_write_config_word", kVf, "where=0x72 val=0x2");
  CHECK(judge(elsewhere, {kVf})->violations.empty());
}

TEST_CASE("a bridge above carries the DMA of what is below it, another one does not",
          "[traces][validator]") {
  Lines above, beside, off;
  above.probe("pci_clear_master", kPort);
  CHECK(only_line(judge(above, {kVf})) == 1);
  beside.probe("pci_clear_master", kOtherPort);
  CHECK(judge(beside, {kVf})->violations.empty());
  // A function that is off has no DMA to lose.
  off.probe("sriov_enable", kPf)
      .probe("pci_write_config_word", kPf, "where=0x168 val=0x19")
      .probe("pci_clear_master", kPort);
  CHECK(judge(off, {kVf})->violations.empty());
}

TEST_CASE("a claim binds its own level and those below", "[traces][validator]") {
  Lines clear, reset;
  clear.probe("pci_clear_master", kVf);
  reset.probe("pcie_flr", kVf);
  ValidateOptions no_reset;
  no_reset.claim = "no-reset";
  CHECK(judge(clear, {kVf}, no_reset)->violations.empty());
  CHECK(only_line(judge(reset, {kVf}, no_reset)) == 1);
  ValidateOptions identity;
  identity.claim = "identity";
  CHECK(judge(reset, {kVf}, identity)->violations.empty());
}

TEST_CASE("clearing VF Enable takes the VFs away, and only once", "[traces][validator]") {
  Lines lines;
  lines.probe("pci_write_config_word", kPf, "where=0x168 val=0x18").probe("pci_clear_master", kVf);
  const Judged judged = judge(lines, {kVf});
  CHECK(only_line(judged) == 1);
  CHECK(judged->violations[0].property == "vf-exists");
}

TEST_CASE("a reset of the PF or of the bridge above reaches the VF", "[traces][validator]") {
  Lines pf, bridge, other;
  pf.probe("pcie_flr", kPf);
  CHECK(only_line(judge(pf, {kVf})) == 1);
  bridge.probe("pci_bridge_secondary_bus_reset", kPort);
  CHECK(only_line(judge(bridge, {kVf})) == 1);
  other.probe("pcie_flr", kOther);
  CHECK(judge(other, {kVf})->violations.empty());
}

TEST_CASE("the probe line and the function line of one call are one call", "[traces][validator]") {
  Lines probe_first, function_first;
  probe_first.probe("pcie_flr", kVf).add("pcie_flr <-__pci_reset_function_locked");
  function_first.add("pcie_flr <-__pci_reset_function_locked").probe("pcie_flr", kVf);
  CHECK(judge(probe_first, {kOther})->bound == 1);
  CHECK(judge(function_first, {kOther})->bound == 1);
  CHECK(judge(probe_first, {kOther})->violations.empty());
  CHECK(judge(function_first, {kOther})->violations.empty());
  CHECK(only_line(judge(function_first, {kVf})) == 2);
}

TEST_CASE("a call inside a call does not happen twice", "[traces][validator]") {
  Lines lines;
  lines.probe("pcie_reset_flr", kVf, "probe=0").probe("pcie_flr", kVf);
  CHECK(only_line(judge(lines, {kVf})) == 1);
}

TEST_CASE("a line that only asks changes nothing", "[traces][validator]") {
  Lines lines;
  lines.add("pcie_reset_flr <-pci_init_reset_methods")
      .add("pci_pm_reset <-pci_init_reset_methods")
      .probe("pcie_reset_flr", kVf, "probe=1")
      .command(kVf, 0x6);
  const Judged judged = judge(lines, {kVf});
  CHECK(judged->violations.empty());
  CHECK_FALSE(has_gap(*judged, "names no function"));
}

TEST_CASE("a call on a function that is not named may be on any", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6).add("pci_clear_master <-device_shutdown");
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->violations.size() == 1);
  CHECK(judged->violations[0].trust == Trust::IfComplete);
  CHECK(judged->violations[0].line == 2);
  CHECK(judged->outcome == Outcome::Inconclusive);
  CHECK(judged->exit_status() == 3);
  ValidateOptions strict;
  strict.strict = true;
  CHECK(judge(lines, {kVf}, strict)->exit_status() == 1);
}

TEST_CASE("lost events hide what turned a bit on, not that it was on", "[traces][validator]") {
  Lines on, off;
  on.command(kVf, 0x6).raw("CPU:0 [LOST 5 EVENTS]").probe("pci_clear_master", kVf);
  const Judged seen = judge(on, {kVf});
  REQUIRE(seen->violations.size() == 1);
  CHECK(seen->violations[0].trust == Trust::Certain);
  off.probe("sriov_enable", kPf)
      .probe("pci_write_config_word", kPf, "where=0x168 val=0x19")
      .raw("CPU:0 [LOST 5 EVENTS]")
      .probe("pci_clear_master", kVf);
  const Judged hidden = judge(off, {kVf});
  REQUIRE_FALSE(hidden->violations.empty());
  for (const TraceViolation& violation : hidden->violations)
    CHECK(violation.trust == Trust::IfComplete);
  CHECK(hidden->outcome == Outcome::Inconclusive);
  CHECK(hidden->lost == 5);
}

TEST_CASE("what a probe turns on and, failing, off again is no certain loss",
          "[traces][validator]") {
  Lines failing, removed;
  const auto begin = [](Lines& lines) {
    lines.probe("sriov_enable", kPf)
        .probe("pci_write_config_word", kPf, "where=0x168 val=0x19")
        .probe("pci_device_probe", kVf)
        .probe("pci_set_master", kVf);
  };
  begin(failing);
  failing.command(kVf, 0x2);
  const Judged unsure = judge(failing, {kVf});
  REQUIRE(unsure->violations.size() == 1);
  CHECK(unsure->violations[0].trust == Trust::IfComplete);
  begin(removed);
  removed.probe("pci_device_remove", kVf).command(kVf, 0x2);
  CHECK(only_line(judge(removed, {kVf})) == 6);
}

TEST_CASE("values of a dump count only from the moment it was taken", "[traces][validator]") {
  Lines lines;
  lines.probe("pci_clear_master", kVf).add("tracing_mark_write: dump").command(kOther, 0x6);
  ValidateOptions later;
  later.topology_at = "marker:dump";
  const Judged judged = judge(lines, {kVf}, later);
  for (const TraceViolation& violation : judged->violations)
    CHECK(violation.trust == Trust::IfComplete);
  CHECK(
      has_gap(*judged, "function.bus_master[0000:01:10.0] = true"));  // and the capture says false
}

TEST_CASE("what was lost before it had to be kept does not count", "[traces][validator]") {
  Lines lines;
  lines.probe("pci_clear_master", kVf)
      .probe("pci_set_master", kVf)
      .add("tracing_mark_write: now")
      .probe("pci_clear_master", kVf);
  CHECK(only_line(judge(lines, {kVf})) == 1);
  CHECK(only_line(judge(lines, {kVf + "@line:2"})) == 4);
  CHECK(only_line(judge(lines, {kVf + "@marker:now"})) == 4);
  CHECK(only_line(judge(lines, {kVf + "@time:1.000002"})) == 4);
}

TEST_CASE("a capture that could not have shown a loss does not conform", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6);
  const Judged blind = judge(lines, {kVf});
  CHECK(blind->outcome == Outcome::Inconclusive);
  CHECK(has_gap(*blind, "nothing shows that pcie_flr was probed"));
  const Temporary probes("p:pci/pcie_flr pcie_flr dev=dev->dev.kobj.name:string\n");
  ValidateOptions defined;
  defined.probes = {probes.path()};
  CHECK(judge(lines, {kVf}, defined)->outcome == Outcome::Conforms);
}

TEST_CASE("a probe whose function is not printed is found by its definition",
          "[traces][validator]") {
  Lines lines;
  lines.command(kOther, 0x6).add("mine: (ffffffffaf5bd874) dev=\"" + kVf + "\"");
  CHECK(has_gap(*judge(lines, {kVf}), "mine"));
  const Temporary probes("p:group/mine pci_clear_master+0 dev=dev->dev.kobj.name:string\n");
  ValidateOptions defined;
  defined.probes = {probes.path()};
  CHECK(only_line(judge(lines, {kVf}, defined)) == 2);
}

TEST_CASE("without a topology nothing conforms, but what is seen is seen", "[traces][validator]") {
  Lines lines;
  lines.probe("pci_set_master", kVf).command(kVf, 0x2);
  const Temporary capture(lines.text());
  ValidateOptions options;
  options.captures = {capture.path()};
  options.keep = {kVf};
  CHECK(only_line(judge(options)) == 2);
  options.keep = {"all"};
  CHECK(judge(options)->outcome == Outcome::Inconclusive);
  // Not a single function: lines that name none, and no dump.
  Lines nothing;
  nothing.add("pci_clear_master <-device_shutdown").raw("CPU:0 [LOST 5 EVENTS]");
  const Temporary empty(nothing.text());
  options.captures = {empty.path()};
  CHECK(judge(options)->outcome == Outcome::Inconclusive);
}

TEST_CASE("a kernel that is not seen to end hides what followed", "[traces][validator]") {
  Lines old_kernel, ended, new_kernel;
  old_kernel.command(kVf, 0x6);
  ended.command(kVf, 0x6).add("machine_kexec <-kernel_kexec");
  new_kernel.command(kVf, 0x6);
  const Temporary first(old_kernel.text()), complete(ended.text()), second(new_kernel.text());
  ValidateOptions options;
  options.topology = captured("topology/igb4.lspci.zst");
  options.keep = {kVf};
  options.captures = {first.path(), second.path()};
  CHECK(has_gap(*judge(options), "the capture ends before the kernel does"));
  options.captures = {complete.path(), second.path()};
  CHECK_FALSE(has_gap(*judge(options), "the capture ends before the kernel does"));
}

TEST_CASE("asking for what is not there is wrong input", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6);
  const auto error = [&](const std::string& keep, ValidateOptions options = {}) {
    const Judged judged = judge(lines, {keep}, std::move(options));
    CHECK_FALSE(judged.verdict);
    return judged.errors;
  };
  CHECK(error("0000:01:10.1").find("did you mean '0000:01:10.0'") != std::string::npos);
  CHECK(error("all@lin:3").find("is no moment of a capture") != std::string::npos);
  CHECK(error("everything").find("is no PCI function") != std::string::npos);
  ValidateOptions claim;
  claim.claim = "dna";
  CHECK(error(kVf, claim).find("did you mean 'dma'") != std::string::npos);
}

TEST_CASE("a capture without a single bound event is wrong input", "[traces][validator]") {
  Lines lines;
  lines.add("do_sys_open <-do_syscall_64");
  const Judged judged = judge(lines, {});
  CHECK_FALSE(judged.verdict);
  CHECK(judged.errors.find("no line of the capture is an event of the model") != std::string::npos);
}

TEST_CASE("keeping what was preserved is undecided while no line says what was",
          "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6);
  CHECK(judge(lines, {"preserved"})->outcome == Outcome::Inconclusive);
}

TEST_CASE("what a capture holds reaches no terminal as it is", "[traces][validator]") {
  Lines lines;
  lines.command(kVf, 0x6).raw(
      "     \x1b[31mname-7       [000] .....     1.000009: pci_clear_master: "
      "(pci_clear_master+0x4/0x10) dev=\"" +
      kVf + "\"");
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->violations.size() == 1);
  CHECK(judged->violations[0].quote.find('\x1b') == std::string::npos);
}

TEST_CASE("a capture cut anywhere is judged or refused, and never conforms",
          "[traces][validator]") {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(captured("s1/igb-kprobe.trace.txt"), 1 << 20, diagnostics);
  REQUIRE(source);
  for (std::size_t size = 1000; size < source->text.size(); size += 1733) {
    CAPTURE(size);
    const Temporary capture(source->text.substr(0, size));
    ValidateOptions options;
    options.captures = {capture.path()};
    options.topology = captured("topology/igb4.lspci.zst");
    options.keep = {"all"};
    const Judged judged = judge(options);
    if (judged.verdict) CHECK(judged->outcome != Outcome::Conforms);
  }
}

}  // namespace luproof::traces::test
