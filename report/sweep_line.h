// SPDX-License-Identifier: GPL-2.0-or-later
// One task of a sweep as one line of JSON, written on one machine and read on another.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "report/facts.h"
#include "report/trace_batch.h"

namespace luproof::report {

// What every line begins with: results are put together only if all of it is the same.
struct SweepHead {
  std::string sweep;           // the plan's name
  std::string plan;            // hash of the plan and all that it leads to
  std::string luproof, build;  // who said it
  std::size_t tasks = 0;       // of the plan

  bool operator==(const SweepHead&) const = default;
};

struct SweepResult {
  SweepHead head;
  std::size_t task = 0;  // from 1
  std::string name;
  std::string about;  // what a table counts it under
  double seconds = 0;
  std::size_t memory = 0;         // bytes, at most
  nlohmann::ordered_json answer;  // command, status, properties, …: alike on every machine

  int status() const;
};

// Answers. A property has the fields that `check --format json` gives it, but no run.
nlohmann::ordered_json sweep_answer(const checker::Checked& checked, const Request& request);
nlohmann::ordered_json sweep_answer(const TraceRun& run);
// Where there is no verdict: the input is wrong, or a limit came first.
nlohmann::ordered_json sweep_answer(const std::string& command, int status,
                                    const std::string& reason, const std::string& errors);

inline constexpr std::size_t kLargestSweepFile = std::size_t{1} << 30;

// With a line end.
std::string sweep_line(const SweepResult& result);

// The lines of a file. One that crashed while it was written has a last line without an end: it is
// left out, and `torn` says so. Anything else that is no result is an error.
struct SweepLines {
  std::vector<std::pair<SweepResult, int>> results;  // with the number of the line
  std::size_t whole = 0;                             // bytes up to the last line end
  bool torn = false;
};
SweepLines read_sweep_lines(const model::SourcePtr& source, model::Diagnostics& diagnostics);

// "vf-reset violated in 17 visible steps, for vf0": whatever of an answer does not simply hold.
std::vector<std::string> sweep_findings(const SweepResult& result);

}  // namespace luproof::report
