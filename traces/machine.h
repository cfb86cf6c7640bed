// SPDX-License-Identifier: GPL-2.0-or-later
// The machine that captures come from: the functions of the dump, and those that lines name.
//
// A dump was taken at one moment, so functions that a capture names can be missing in it. A VF's
// address follows from its PF's registers, so it is placed by them; any other function is kept
// without a place in the tree.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/topology.h"
#include "traces/binding.h"

namespace luproof::traces {

// What a first reading of the captures collects.
struct Mentioned {
  std::set<model::Bdf> functions;
  std::set<std::string, std::less<>> probed;  // functions of the kernel with a probe line
  std::set<std::string, std::less<>> traced;  // that the function tracer is known to have shown

  void add(const TraceLine& line, const Binding& binding);
};

struct Machine {
  model::Topology topology;
  std::vector<bool> dumped;  // by function: it is in the dump
  bool has_dump = false;
};

// `existence` is the name of the value that says that a function is there. nullopt after an error.
std::optional<Machine> make_machine(const std::optional<model::Topology>& dump,
                                    const std::set<model::Bdf>& mentioned,
                                    const std::string& existence, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
