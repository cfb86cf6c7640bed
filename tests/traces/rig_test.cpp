// SPDX-License-Identifier: GPL-2.0-or-later
// A stock kernel of Debian 12 in contrib/rig, and what was read from its console by hand.
#include <set>

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

}  // namespace luproof::traces::test
