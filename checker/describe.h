// SPDX-License-Identifier: GPL-2.0-or-later
// Names of steps for people: the event, or the procedure in which a statement stands.
#pragma once

#include <string>

#include "checker/ground/system.h"

namespace luproof::checker {

// "pci_clear_master(0000:01:10.0)", "luo_prepare", "kexec".
std::string step_text(const System& system, const Transition& transition, const State& before);
std::string step_text(const model::Model& model, const Label& label,
                      const std::vector<Value>& args);
// step_text() says what the step is, not only where it stands.
bool names_itself(const model::Model& model, const Label& label);
// "pci_clear_master(port)", as a spec writes it, speaks of "pci_clear_master(rp)", as a run says
// it.
bool speaks_of(const model::Model& model, const std::string& expected, const std::string& actual);

// The procedure, event or actor whose code holds a statement, and what it cites.
struct Place {
  std::string name;
  const model::Origin* origin = nullptr;
};
Place place_of(const model::Model& model, int statement);

}  // namespace luproof::checker
