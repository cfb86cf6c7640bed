// SPDX-License-Identifier: GPL-2.0-or-later
// From a machine to what a design is checked on: first values of cells, constants, and what had to
// be assumed. Each setting that says something can be taken back alone, so that a report can tell
// which of them a loss hangs on.
#pragma once

#include <string>
#include <vector>

#include "host/machine.h"
#include "model/compose.h"

namespace luproof::host {

struct Remark {
  enum class Kind { Read, Problem, Assumed, Note, NotHeld };
  Kind kind = Kind::Read;
  std::string setting;
  std::vector<std::string> functions;  // of which it was read; empty: of the host
  std::string value;                   // as it was read
  std::string text;
  std::vector<std::string> cite;
};

// What one setting does to a design.
struct Effect {
  std::string setting, value;
  std::vector<std::pair<int, Cells>> cells;  // by function of the topology
  std::string config;                        // "assign_busses", with the values of both kernels
  bool was = false, becomes = false;
};

struct Plan {
  std::vector<int> kept;  // functions of the machine's topology
  std::vector<Effect> effects;
  std::vector<Remark> remarks;
};

// "all": every VF; an address; none: VFs with the driver that the settings name.
std::vector<int> kept_functions(const Machine& machine, const Settings& settings,
                                const std::vector<std::string>& asked,
                                model::Diagnostics& diagnostics);

Plan make_plan(const Machine& machine, const Settings& settings, std::vector<int> kept,
               const model::Composition& design);

// The machine with these functions kept and these effects.
model::Topology with_effects(const Machine& machine, const Settings& settings,
                             const std::vector<int>& kept, const std::vector<Effect>& effects);
// "" or a fragment for model::fragment().
std::string fragment_of(const std::vector<Effect>& effects);

// The design has a cell of functions with this name.
bool has_cell(const model::Composition& design, const std::string& name);

}  // namespace luproof::host
