// SPDX-License-Identifier: GPL-2.0-or-later
// The steps of captures, and of a run of a design, as the page draws runs.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "traces/verdict.h"

namespace luproof::report {

class TraceLines {
 public:
  using Json = nlohmann::ordered_json;

  // `folder`: in which the user is.
  TraceLines(const traces::Timeline& timeline, std::string folder);

  // "actors", "functions", "cells", "texts", "rules", "runs": what a reading of the page has.
  Json reading() const;
  // Which step shows this line, or this event of a dump, best; none: it was left out.
  std::optional<std::size_t> step_of(int capture, std::int64_t line,
                                     const std::string& event) const;
  int function(const std::string& name) const;  // -1: none

 private:
  std::size_t text_number(const std::string& text);
  Json step(const traces::Timeline::Step& step, const std::string& lane, std::size_t number);
  void lanes();

  const traces::Timeline& timeline_;
  const std::string folder_;
  std::map<std::string, std::size_t> texts_;
  std::map<std::string, std::string> lane_of_;  // of a task
  Json text_list_ = Json::array(), actors_ = Json::array(), start_ = Json::array(),
       steps_ = Json::array();
};

// A reading with the run of a design, or with the lines that lead to the one that no run explains;
// null if there is neither.
nlohmann::ordered_json design_lines(const traces::DesignVerdict& design);

}  // namespace luproof::report
