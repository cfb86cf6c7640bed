// SPDX-License-Identifier: GPL-2.0-or-later
// A run as rows: the one form that the text, the mail and the JSON report print.
#pragma once

#include <string>
#include <vector>

#include "checker/check.h"

namespace luproof::report {

struct Change {
  std::string what, from, to;  // "function.bus_master[rp]", "true", "false"
};

struct Row {
  int step = 0;       // in the run, from 1
  int visible = 0;    // among the visible steps, from 1; 0: a silent step
  std::string actor;  // the instance, or who an event that happens by itself is done by
  std::string event;  // its name, or the procedure in which the statement stands
  std::vector<std::string> args;
  std::vector<Change> changes;      // of what a spec declares; not of claims and budgets
  std::vector<std::string> claims;  // "claim vf-owned binds vf0"
  std::string rule;                 // whose code the step is
  std::vector<std::string> cite;
  std::string patch;  // of a posted series
  std::string file;
  int line = 0;
  const model::Origin* origin = nullptr;        // of the rule
  const model::Origin* event_origin = nullptr;  // of the event that the rule fires
  bool kexec = false;
  std::string fault;        // the built-in violation that the step is, or ""
  std::string fault_where;  // "file:line:column"

  std::string text() const;       // "pci_clear_master(rp)"
  std::string step_text() const;  // "reboot: pci_clear_master(rp)", as step_of() has it
};

// What a step is, with who takes it: one name where a task's own code is all that can be told.
std::string step_of(const std::string& actor, const std::string& text);

std::vector<Row> rows(const checker::Checked& checked, const checker::Run& run);

// "kexec -> pci_scan -> …": events and visible steps, those in the middle of a long run left out.
std::string steps_text(const checker::Checked& checked, const checker::Run& run);

// What the run chose when it began: values of cells that are constant in a run and not given, and
// of what the topology leaves open.
std::vector<std::pair<std::string, std::string>> chosen(const checker::Checked& checked,
                                                        const checker::Run& run);

// The step in which a claim of the property is let go after the kexec; "" if the run has none.
std::string release_of(const checker::Checked& checked, const checker::Run& run, int property);

}  // namespace luproof::report
