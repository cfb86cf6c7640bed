// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a run of a design explains captures.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "checker/verdict.h"
#include "traces/captures.h"
#include "traces/verdict.h"

namespace luproof::traces {

class DesignJudge {
 public:
  // The design by its file, or by the name of a shipped one. nullptr after an error.
  static std::unique_ptr<DesignJudge> make(const std::string& design, const std::string& variant,
                                           const std::string& specs,
                                           model::Diagnostics& diagnostics);
  ~DesignJudge();

  // Whether the design has a word for this function of the kernel.
  bool wants(std::string_view symbol) const;
  // nullopt after an error. `machine`: the topology that the captures come from, if known.
  // `from_start`: nothing had happened before the first line.
  std::optional<DesignVerdict> judge(Captures& captures,
                                     const std::optional<model::Topology>& machine, bool from_start,
                                     const checker::Limits& limits,
                                     model::Diagnostics& diagnostics);

 private:
  DesignJudge();
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luproof::traces
