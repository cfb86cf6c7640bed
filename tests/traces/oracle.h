// SPDX-License-Identifier: GPL-2.0-or-later
// A second opinion on captures: slow, small, and without a line of the observer's code.
//
// Where the observer keeps what is known of each bit, this enumerates worlds: every combination of
// bits that the lines allow, each with its own past. A line is one or several events; what it does
// not say (which function, whether a probe fails, what happened where lines were lost) splits a
// world. A loss is certain if it happened in every world, possible if in one, none if in none.
//
// It knows the lines of three recorded captures and nothing else, and judges one VF, the first of
// its PF.
#pragma once

#include <string>
#include <vector>

namespace luproof::traces::test {

struct Opinion {
  enum class Lost { No, Possible, Certain };
  Lost lost = Lost::No;
  int first = 0;         // line of the first loss, if all worlds agree on it
  bool missing = false;  // lines were lost
};

struct OracleMachine {
  std::string vf, pf;
  std::vector<std::string> ports;  // above it
  int sriov_control = 0;           // offset of the PF's SR-IOV control register
  int passing = 0;                 // functions that pass pci_iov_init at boot
};

// Text of captures, one kernel each. At first the VF is not there, and the ports above work.
Opinion ask_oracle(const std::vector<std::string>& captures, const OracleMachine& machine);

}  // namespace luproof::traces::test
