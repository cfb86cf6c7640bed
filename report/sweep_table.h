// SPDX-License-Identifier: GPL-2.0-or-later
// The results of a sweep put together.
//
// The same results give the same bytes, whichever machine and file they come from and however often
// they were had: nothing here tells of times, hosts or files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/style.h"
#include "report/sweep_line.h"

namespace luproof::report {

struct SweepTable {
  SweepHead head;
  std::map<std::size_t, SweepResult> results;  // by number
  std::vector<std::string> names;              // of all tasks, where the plan is at hand

  std::vector<std::size_t> missing() const;
};

// Results of several files, each with its source. Another plan or build, or two answers to one
// task, is an error.
std::optional<SweepTable> merge_sweep(
    const std::vector<std::pair<model::SourcePtr, SweepLines>>& files,
    model::Diagnostics& diagnostics);

// "this result is of the plan A, and FIRST is of B": what makes two heads different.
std::string difference(const SweepHead& here, const SweepHead& other, const std::string& first);

std::string sweep_text(const SweepTable& table, const Style& style);
std::string sweep_markdown(const SweepTable& table);
nlohmann::ordered_json sweep_json(const SweepTable& table);
// Wrong input before tasks that are missing, then as of the results.
int exit_status(const SweepTable& table);

// "1-3, 7"
std::string ranges(const std::vector<std::size_t>& numbers);

}  // namespace luproof::report
