// SPDX-License-Identifier: GPL-2.0-or-later
// A question: every alternative of a design side by side, and which of them another one beats.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checker/ask/measure.h"
#include "checker/check.h"

namespace luproof::checker::ask {

struct Row {
  model::Reading reading;
  std::string variant;             // "" where variants are the alternatives
  std::string alternative;         // "core", "core/kept": of the choices that are open in some row
  Checked checked;                 // without what only measures
  std::vector<Measured> measured;  // in the order of the criteria
  std::string error;               // why there is no `checked`; then nothing else counts
};

// Why one alternative is worse than another: the first thing in which it is.
struct Worse {
  std::size_t than = 0;  // alternative
  std::size_t row = 0;   // whose run shows it
  std::string property;  // or:
  int criterion = -1;
};

struct Table {
  model::Question question;
  std::vector<std::string> choices;                 // that name the alternatives; none: variants do
  std::vector<std::string> variants;                // in the order of the spec
  std::vector<std::string> alternatives;            // likewise
  std::vector<Row> rows;                            // by variant, then by alternative
  std::map<std::size_t, std::vector<Worse>> worse;  // of an alternative; unbeaten ones first

  const Row* find(const std::string& variant, const std::string& alternative) const;
  std::string name(const Row& row) const;  // "core", "slides:core"
};

// What the verdicts of a row take for granted: its `assume:`, and rules that are not certain.
std::set<std::string> assumed(const Row& row);

// The table is made of this reading, among others.
bool is_asked(const model::Question& question, const model::Reading& reading);

// One row. Reports of an error in the input go to `diagnostics`.
Row row(const std::string& path, const model::LoadOptions& load, const model::Reading& reading,
        const model::Question& question, const CheckOptions& options, const Limits& limits,
        model::Diagnostics& diagnostics);

// Names, order, and what is worse than what, of rows that are complete.
Table table(model::Question question, std::vector<Row> rows);

// What differs from the table that the spec expects: one line each.
std::vector<std::string> unmet(const Table& table);

}  // namespace luproof::checker::ask
