// SPDX-License-Identifier: GPL-2.0-or-later
// What a spec asks of its alternatives: the section `ask:` (docs/ask.md).
//
// Steps stay text here, as in `violated-by:`; whoever measures looks them up in a model. Conditions
// become properties of their own, so that they are typed, lowered and kept apart like any other.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

constexpr int kMostTime = 1'000'000;  // of one step, in whatever unit

struct NamedStep {
  std::string text;  // "kexec", "pci_clear_master(pf)": an event, or a procedure that is entered
  Span span;
};

// When a measurement begins or ends: at one of these steps, or where a condition becomes true.
struct Mark {
  bool given = false;
  std::vector<NamedStep> steps;
  bool condition = false;
};

struct Criterion {
  enum class Want { Neither, Less, More };

  std::string name, about, unit;
  Mark from, to;                                 // from: not given, the start of the run
  std::vector<NamedStep> counted;                // what counts is how often these happen
  std::vector<std::pair<NamedStep, int>> takes;  // or what these take; neither: visible steps
  Want want = Want::Neither;
  Span span;
};

struct ExpectedRow {
  std::string name;
  std::vector<std::pair<std::string, std::string>> measured;  // criterion, "3..5"
  std::optional<std::vector<std::string>> worse_than;
  Span span;
};

struct Question {
  std::vector<std::string> variants;  // that the table is made for; empty: all
  std::vector<Criterion> criteria;
  std::vector<ExpectedRow> rows;
};

// The `ask:` of the file itself, or one that only compares verdicts. nullopt after an error.
std::optional<Question> question(const Composition& composition, Diagnostics& diagnostics);

// The name of the property that stands for a condition of a criterion; no spec can declare it.
std::string condition_name(const std::string& criterion, bool from);
bool is_condition(const std::string& property);
// `possible:` properties of the conditions of an `ask:`.
void declare_conditions(const Document& document, std::vector<Declared>& declared);

}  // namespace luproof::model
