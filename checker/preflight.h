// SPDX-License-Identifier: GPL-2.0-or-later
// A design on the functions of a whole machine, of which some are to be kept: does each of them
// come through?
//
// A machine has more functions than a search needs. Up to `whole` of them are looked at as they
// are; beyond that the functions to be kept are taken in groups, with all ports and PFs (a scan
// gives them their bus numbers together), and everything else is left out and counted. Where a
// group loses something, each of its functions is asked alone, so that a loss has a name: with its
// PF and the ports above it, and if it is not lost there, with all ports and PFs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::checker {

// The machine as the design sees it, or how it would without one setting.
struct MachineVersion {
  std::string setting;
  model::Topology topology;
  std::vector<std::shared_ptr<const model::Edit>> edits;
};

struct MachineQuestion {
  std::string path;
  model::LoadOptions load;
  model::Reading reading;
  MachineVersion machine;
  std::vector<MachineVersion> without;  // one setting each
  std::vector<int> kept;                // functions of the topology
  std::size_t whole = 40, group = 16;
};

// What was left out of a search, by what it is.
struct LeftOut {
  std::size_t kept = 0, vfs = 0, others = 0;
};

struct MachineAnswer {
  const Checked& checked;
  std::vector<int> kept;  // those that it speaks of
  LeftOut left_out;
  bool detail = false;         // of a group that loses something
  const std::string* without;  // a setting, of a question that was asked without it
};

// Hands over one answer after the other. False: an error in the input.
bool ask_machine(const MachineQuestion& question, const CheckOptions& options, const Limits& limits,
                 const std::function<void(const MachineAnswer&)>& take,
                 model::Diagnostics& diagnostics);

// A part of a topology, in the same order. Ports and PFs of what is in it have to be in it too.
model::Topology part_of(const model::Topology& whole, const std::vector<int>& functions);

}  // namespace luproof::checker
