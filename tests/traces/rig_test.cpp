// SPDX-License-Identifier: GPL-2.0-or-later
// A stock kernel of Debian 12 in contrib/rig, and what was read from its console by hand.
#include <set>

#include "tests/traces/capture.h"
#include "tests/traces/validate.h"

namespace luproof::traces::test {

TEST_CASE("the console of the rig shows which line stops the DMA of VFs", "[traces][rig]") {
  const std::string folder = captured("rig61/");
  ValidateOptions options;
  options.captures = {folder + "old.console.zst", folder + "new.trace"};
  options.topology = folder + "before.lspci.zst";
  options.topology_after = folder + "after.lspci.zst";
  options.probes = {folder + "probes.txt"};
  options.keep = {"all"};
  const Judged judged = judge(options);
  CHECK(judged->outcome == Outcome::Violates);
  // The port above the VFs loses Bus Master Enable, all seven at once.
  const TraceViolation& first = judged->violations.front();
  CHECK(first.property == "vf-dma-continues");
  CHECK(first.trust == Trust::Certain);
  CHECK(first.line == 399);
  std::set<std::string> stopped, gone;
  for (const TraceViolation& each : judged->violations)
    (each.property == "vf-exists" ? gone : stopped).insert(each.function);
  CHECK(stopped.size() == 7);
  CHECK(gone == stopped);  // the new kernel's scan takes them away
}

TEST_CASE("a capture of the script of probes names its kernel and its clock", "[traces][rig]") {
  const Capture capture = read_text(
      "# Linux version 6.1.0-56-amd64\n# clock: mono\n# tracer: nop\n#\n"
      "# entries-in-buffer/entries-written: 1/1   #P:2\n#\n"
      "    dd-650   [001] .....    56.041770: pcie_flr: (pcie_flr+0x0/0xb0) "
      "dev=\"0000:01:00.1\"\n");
  CHECK(capture.errors == "");
  CHECK(capture.health.header.release == "6.1.0-56-amd64");
  CHECK(capture.health.header.clock == "mono");
  CHECK(capture.health.header.tracer == "nop");
  CHECK(capture.health.events == 1);
}

}  // namespace luproof::traces::test
