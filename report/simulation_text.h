// SPDX-License-Identifier: GPL-2.0-or-later
// What a simulation shows of itself. Everything of the input goes through `printable`.
#pragma once

#include <string>

#include "checker/simulation.h"
#include "report/facts.h"
#include "report/style.h"

namespace luproof::report {

class SimulationText {
 public:
  SimulationText(const checker::Checked& checked, const checker::Simulation& simulation,
                 const Request& request, Style style)
      : checked_(checked), sim_(simulation), request_(request), style_(style) {}

  // What can be taken, by number.
  std::string choices(const std::vector<checker::Stride>& strides, bool single) const;
  // The stride that was taken last: its steps and all that they changed.
  std::string taken(const std::vector<checker::Successor>& steps,
                    const checker::Configuration& from) const;
  std::string broken(const std::vector<checker::Broken>& broken) const;
  // Where each actor stands.
  std::string where() const;
  // What is different from `from`; null: everything. Only what has `filter` in its name.
  std::string state(const checker::Configuration* from, const std::string& filter) const;
  // Why an actor does not move, or an event does not happen; "" if nothing is called so.
  std::string why(const std::string& name) const;

 private:
  std::string stride_title(const checker::Stride& stride) const;
  std::string changes(const checker::State& from, const checker::State& to,
                      const checker::Label& label, std::size_t most) const;
  std::string why_actor(int instance) const;
  std::string why_event(int event, const std::string& name) const;
  std::string place(const model::Span& span) const;

  const checker::Checked& checked_;
  const checker::Simulation& sim_;
  const Request& request_;
  Style style_;
};

}  // namespace luproof::report
