// SPDX-License-Identifier: GPL-2.0-or-later
// Two designs side by side: what each is written to do, may do, and takes for granted.
//
// A revision of a series that fixes one run often gives up another, and rests on an assumption that
// the first one did not need. So a comparison does not stop at verdicts: texts are compared rule by
// rule, reachable behaviours event by event, and every assumption that one side makes alone is
// dropped once to see what falls.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/check.h"
#include "checker/diff_behaviours.h"
#include "checker/diff_rules.h"

namespace luproof::checker {

enum class Of : std::uint8_t { A, B };

// A design as it was named: a file, or one variant of it.
struct Side {
  std::string path;
  model::LoadOptions load;
  std::vector<model::Reading> readings;
};

struct VerdictChange {
  std::string property;
  std::string from, to;      // verdict names, or "not asked"
  int at_a = -1, at_b = -1;  // in the findings of each, -1 if it has none
};

struct AssumptionChange {
  std::string name, because;
  Of of = Of::B;        // who makes it alone
  bool status = false;  // an uncertain rule; the others stand in `assume:` and were dropped once
  std::optional<Checked> without;
  // Verdicts that change without it: property, verdict with it, verdict without it.
  struct Fall {
    std::string property, from, to;
  };
  std::vector<Fall> falls;
  bool load_bearing = false;  // something turns from holds to violated
  std::string unknown;        // why it could not be said, or ""
};

// One reading of A against the one of B that makes the same choices.
struct ReadingDiff {
  Checked a, b;
  std::vector<VerdictChange> verdicts;
  std::vector<std::string> undecided;  // properties of which neither side's verdict is known
  bool cut = false;                    // not everything that either side may violate was looked for
  std::vector<AssumptionChange> assumptions;
  std::vector<BehaviourGroup> only_a, only_b;
  std::string behaviours_unknown;  // why they could not be compared, or ""
  bool differs = false, unknown = false;
};

struct Diff {
  std::vector<ReadingDiff> readings;
  std::vector<model::Reading> only_a, only_b;  // that the other one has not
  bool as_files = false;  // no variant is common to both, so the files themselves were compared
  std::vector<RuleChange> rules;
};

struct DiffPlan {
  std::vector<std::pair<model::Reading, model::Reading>> pairs;
  std::vector<model::Reading> only_a, only_b;
};

// Readings belong together if they have the same variant (where each side is one variant, whatever
// these are called) and the same alternative of each choice that both leave open.
DiffPlan pair_up(const std::vector<model::Reading>& a, const std::vector<model::Reading>& b);

// `every_run`: to each behaviour, not only to the nearest of a group. nullopt after an error in an
// input.
std::optional<Diff> diff(const Side& a, const Side& b, bool every_run, const Limits& limits,
                         model::Diagnostics& diagnostics);

}  // namespace luproof::checker
