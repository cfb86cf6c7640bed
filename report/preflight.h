// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a host is ready for a kexec, for a terminal, a ticket (Markdown) and a program (JSON).
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "checker/preflight.h"
#include "host/plan.h"
#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

// One step that loses one property, and of which functions.
struct Loss {
  std::string property, because;
  std::string step;  // "pci_clear_master(0000:00:1c.0)"; the function itself is "itself"
  std::vector<std::string> changes;  // by the step
  std::string source;                // "in RULE, FILE:LINE [CITATIONS]"
  int steps = 0;                     // visible ones, up to and with it
  std::vector<std::string> functions;
  std::set<std::string> hangs_on;  // settings without which the function is not lost so
  std::string run;                 // for the first of the functions
  nlohmann::ordered_json run_json;
};

struct Undecided {
  std::vector<std::string> functions;
  std::string property, reason;
};

class Preflight {
 public:
  // Both stay for as long as the report does; `command` repeats it.
  Preflight(const host::Machine& machine, const host::Plan& plan, Request request,
            std::string title, std::string command);

  void take(const checker::MachineAnswer& answer);
  // Once all answers are there; functions that nobody came to are undecided.
  void finish(bool stopped);

  int status() const;
  std::string text(const Style& style, bool verbose) const;
  std::string markdown() const;
  nlohmann::ordered_json json() const;

 private:
  struct Section {
    enum class Tone { Plain, Good, Bad, Open };
    std::string head;
    std::vector<std::pair<int, std::string>> lines;  // each with its indent
    std::string run;
    Tone tone = Tone::Plain;
  };

  std::string verdict_text() const;
  std::vector<Section> sections(bool verbose) const;
  Section of_remarks(host::Remark::Kind kind, const std::string& head) const;
  Section of_loss(const Loss& loss, bool with_run) const;
  Section of_scope() const;
  void lost(const checker::MachineAnswer& answer, const checker::Finding& finding,
            std::vector<Loss>& losses);
  void undecided(const checker::MachineAnswer& answer, const checker::Finding& finding);
  std::string name(int function) const;
  std::vector<std::string> names(const std::vector<int>& functions) const;

  const host::Machine& machine_;
  const host::Plan& plan_;
  Request request_;
  std::string command_, title_;  // "host-with-skips, variant no-bridge-rule"
  std::set<std::string> lost_functions_, judged_, checked_properties_, vacuous_;
  std::vector<Loss> losses_, machine_losses_, of_groups_;
  std::vector<Undecided> undecided_;
  std::vector<std::string> assumed_, acts_off_, not_modelled_;
  checker::LeftOut left_out_;
  std::string broken_;
  std::size_t states_ = 0;
};

}  // namespace luproof::report
