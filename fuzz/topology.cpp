// SPDX-License-Identifier: GPL-2.0-or-later
// Dumps of a machine's PCI functions: refused with a place, or a topology whose links may be
// followed.
#include <cstdint>

#include "model/more_vfs.h"
#include "model/topology.h"

namespace {

using namespace luproof::model;

void follow(const Topology& topology) {
  const int count = static_cast<int>(topology.functions.size());
  for (int i = 0; i < count && i < 64; ++i) {
    const PciFunction& function = topology.functions[i];
    if (function.parent >= count || function.pf >= count) __builtin_trap();
    if (topology.find(function.name) != i) __builtin_trap();
    for (const int above : topology.upstream(i))
      if (topology.functions[above].kind != FunctionKind::Port) __builtin_trap();
    const std::vector<int> needed = dependency_closure(topology, i);
    if (needed.empty() || needed.back() != i) __builtin_trap();
    if (function.kind == FunctionKind::Pf) {
      for (const int vf : topology.vfs(i))
        if (topology.functions[vf].pf != i) __builtin_trap();
      most_vfs(topology, i);
    }
  }
  topology_dot(topology);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = Source::make("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  const auto topology = read_pci_dump(source, diagnostics);
  if (topology.has_value() != diagnostics.ok()) __builtin_trap();
  if (topology) {
    follow(*topology);
    Diagnostics more;
    MoreVfs wanted;
    wanted.count = 8;
    const Topology grown = with_vfs(*topology, wanted, more);
    if (more.ok()) follow(grown);
  }
  diagnostics.render();
  return 0;
}
