// SPDX-License-Identifier: GPL-2.0-or-later
// Two designs of the shape that a revision of a series has: the second gives up that the outgoing
// kernel keeps bus numbers, on the assumption that nobody rescans a bus in use.
//
// By hand: in v5 both kernels inherit, so no number changes. In v6 the outgoing kernel does not; a
// rescan there writes another number, which the assumption excludes. Without it: `inherits = true`
// of the actor, `inherits = false` and `number = 2` of the scan are the three visible steps.
#pragma once

#include <string>

namespace luproof {

inline std::string bus_design(const std::string& name, const std::string& keeps,
                              const std::string& rest = "") {
  return "design: " + name + R"(
about: Who keeps bus numbers
state:
  hardware: {number: int 1..3 = 1}
  kernel: {inherits: bool}
  given: {rescans_spare_busy_bridges: bool = any}
define:
  keeps_number(): )" +
         keeps + R"(
procedures:
  pci_scan_bridge_extend(int n): |
    inherits = keeps_number()
    if not inherits:
      number = n
actors:
  outgoing:
    in: old
    life: kernel
    code: |
      inherits = true
      if not rescans_spare_busy_bridges:
        pci_scan_bridge_extend(2)
      kexec
  incoming: {in: new, life: kernel, code: pci_scan_bridge_extend(3)}
properties:
  bus-number-kept: {never: number != 1, because: The guest's device has another address.}
)" + rest;
}

inline const char* const kNoRescan = R"(assume:
  no-rescan-renumbers-a-busy-bridge: {expr: rescans_spare_busy_bridges, because: nobody rescans while guests run}
  scans-are-short: {expr: true, because: they are}
)";

}  // namespace luproof
