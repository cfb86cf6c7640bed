// SPDX-License-Identifier: GPL-2.0-or-later
// The PCI topology a model is grounded on: functions, what they hang below, and config-space facts.
//
// Order in `functions`: ports, then PFs, then VFs, then the others; each sort is one range.
// Sources: PCIe base specification (SR-IOV: First VF Offset, VF Stride), drivers/pci/iov.c
// (pci_iov_virtfn_bus, pci_iov_virtfn_devfn).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/source.h"

namespace luproof::model {

struct Bdf {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;
  std::uint8_t devfn = 0;  // device << 3 | function

  std::uint16_t rid() const { return static_cast<std::uint16_t>(bus << 8 | devfn); }
  std::string text() const;                                // "0000:01:10.0"
  static std::optional<Bdf> parse(std::string_view text);  // domain may be left out
  auto operator<=>(const Bdf&) const = default;
};

enum class FunctionKind { Port, Pf, Vf, Other };

// A number that a spec leaves open: any from low to high, chosen when a run begins. Without a range
// of its own it has that of the cell or register of its name.
struct OpenNumber {
  std::int64_t low = 0, high = 0;
  bool ranged = false;
  Span span;
};

struct PciFunction {
  std::string name;  // unique; the spec's name, or the BDF
  Bdf bdf;
  bool has_address = true;  // false: bdf says nothing; make_topology computes it for a VF if it can
  FunctionKind kind = FunctionKind::Other;
  int parent = -1;    // index of the port above; of a VF: the port above its PF; -1 on a root bus
  int pf = -1;        // index of a VF's PF
  int vf_index = -1;  // of a VF, from 0; -1: make_topology takes the next one of its PF
  // What a spec calls parent and PF; make_topology turns a name that is not empty into the index.
  std::string parent_name;
  std::string pf_name;
  // Left open: below any port or none; of any PF. parent and pf say nothing then.
  bool any_parent = false, any_pf = false;
  // Facts and initial values by the name of a state cell or constant: bus_master, vf_enable,
  // num_vfs, total_vfs, first_vf_offset, vf_stride, ari, secondary, subordinate, sriov_cap,
  // pm_cap, pcie_cap, has_flr, driver (as text in `texts`) ... *_cap are offsets in config space.
  std::map<std::string, std::int64_t> values;
  std::map<std::string, std::string> texts;
  std::map<std::string, OpenNumber> open;
  // Its address follows from what is open, by the rules of make_topology. bdf then holds what is
  // fixed of it: the domain, the devfn, and the bus that it has below no port.
  bool open_address = false;
  Span span;  // where it was declared

  std::optional<std::int64_t> value(const std::string& key) const;
};

struct Topology {
  std::vector<PciFunction> functions;
  std::vector<std::string> notes;  // what a dump could not tell ("no extended config space", ...)
  std::string no_address;  // why addresses cannot be told although they are open; "" if they can

  bool open() const;          // something is
  bool open_parents() const;  // some parent or PF is
  bool open_addresses() const;

  int find(std::string_view name_or_bdf) const;  // index or -1
  // Ports from the one directly above up to the root port. A VF's path goes through its PF's port.
  std::vector<int> upstream(int function) const;
  std::vector<int> children(int port) const;  // functions directly below, in address order
  std::vector<int> vfs(int pf) const;         // by VF index
};

// The address of VF k: RID(PF) + offset + stride * k (iov.c). nullopt beyond ffff.
std::optional<Bdf> vf_address(const Bdf& pf, int first_vf_offset, int vf_stride, int index);

// Sorts, resolves indices and checks: unique names and addresses, parents acyclic, each VF with a
// PF, VF addresses by vf_address() where offset and stride are known, bus numbers nested.
// parent and pf of the input are indices into the input.
// Uses Boost.Graph. Errors go to `diagnostics`; the result is meaningful only if it stays ok().
Topology make_topology(std::vector<PciFunction> functions, Diagnostics& diagnostics);

// `lspci -xxxx` text (any verbosity), or the project's sysfs dump text. Which one is recognised by
// its first lines. A cut, doubled or inconsistent dump is an error with its line.
std::optional<Topology> read_pci_dump(const SourcePtr& source, Diagnostics& diagnostics);

// What must be preserved so that the DMA of `function` goes on: VF -> PF, and every port up to the
// root port; in an order in which each entry comes after what it depends on, so `function` is last.
std::vector<int> dependency_closure(const Topology& topology, int function);

// Graphviz text of the containment tree with VF -> PF edges.
std::string topology_dot(const Topology& topology);

}  // namespace luproof::model
