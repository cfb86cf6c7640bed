// SPDX-License-Identifier: GPL-2.0-or-later
// Several runs of `luproof trace` told together: a table, one JSON object, or JUnit's XML.
//
// Every form is made from the JSON object of each run, so that they cannot say different things,
// and because a run may have been judged in a process of its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/style.h"

namespace luproof::report {

// What came of one run.
struct TraceRun {
  std::string name;
  std::vector<std::string> captures;
  int status = 0;  // as the exit status of this run alone
  double seconds = 0;
  std::string json;    // trace_json(); "" if there is no verdict
  std::string text;    // trace_text() without colour
  std::string errors;  // what is wrong with the input, or with luproof
};

struct TraceRuns {
  std::vector<TraceRun> runs;
  std::string folder;                                         // "" if a single run was asked for
  std::vector<std::pair<std::string, std::string>> left_out;  // file, why
  std::vector<std::string> notes;
  std::string command;  // that gives this again
  bool inconclusive_fails = false;
};

// What an entry of a baseline came to in all runs together.
struct BaselineRow {
  std::string property, function, kernel, place;
  std::string state;  // "seen", "gone", "not-asked"
  bool expired = false;
};

struct BatchSummary {
  // Runs by verdict; `wrong`: without one. `known_ones` and so on count violations.
  std::size_t conforms = 0, violates = 0, unexplained = 0, inconclusive = 0, known = 0, wrong = 0;
  bool with_baseline = false;
  std::size_t new_ones = 0, known_ones = 0, expired_ones = 0;
  std::vector<BaselineRow> baseline;
  int status = 0;  // of all
};
BatchSummary summary_of(const TraceRuns& all);
// "5 runs: 2 violated, 3 conforming".
std::string counts_text(const BatchSummary& all, std::size_t runs);

// The exit status of one run or all: wrong input before violated before inconclusive before holds.
int exit_status(const TraceRuns& all);

// At most 100 columns.
std::string batch_text(const TraceRuns& all, const Style& style);
// One object; report/trace.schema.json describes it too.
std::string batch_json(const TraceRuns& all);
// Violations and what no design explains are failures, wrong input is an error, and what is
// inconclusive is skipped, or a failure if `inconclusive_fails`.
std::string trace_junit(const TraceRuns& all);

}  // namespace luproof::report
