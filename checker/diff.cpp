// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace luproof::checker {
namespace {

using model::Diagnostics;
using model::LoadOptions;
using model::Reading;

constexpr const char* kNotAsked = "not asked";

const Finding* finding_of(const Checked& checked, const std::string& property) {
  for (const Finding& f : checked.findings)
    if (f.property == property) return &f;
  return nullptr;
}

int index_of(const Checked& checked, const Finding* finding) {
  return finding ? static_cast<int>(finding - checked.findings.data()) : -1;
}

bool declares(const Checked& checked, const std::string& property) {
  const auto& all = checked.model->properties;
  return std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.name == property; });
}

Verdict believed(const Checked& checked, const Finding& finding) {
  return checked.broken.empty() ? finding.verdict : Verdict::Unknown;
}

// A built-in violation that did not happen has no finding, and holds if everything was seen.
std::string verdict_of(const Checked& checked, const std::string& property, bool built_in) {
  if (const Finding* f = finding_of(checked, property)) return verdict_name(believed(checked, *f));
  if (!built_in) return kNotAsked;
  const bool seen = checked.statistics.exhausted && checked.broken.empty();
  return verdict_name(seen ? Verdict::Holds : Verdict::Unknown);
}

std::set<std::string> properties_of(const Checked& a, const Checked& b) {
  std::set<std::string> names;
  for (const Checked* side : {&a, &b})
    for (const Finding& f : side->findings) names.insert(f.property);
  return names;
}

bool is(const std::string& verdict, Verdict which) { return verdict == verdict_name(which); }

void compare_verdicts(ReadingDiff& d) {
  for (const Checked* side : {&d.a, &d.b})
    d.cut = d.cut || !side->statistics.stopped_by.empty() || !side->broken.empty();
  d.unknown = d.cut;
  for (const std::string& property : properties_of(d.a, d.b)) {
    const bool built_in = !declares(d.a, property) && !declares(d.b, property);
    VerdictChange change{property, verdict_of(d.a, property, built_in),
                         verdict_of(d.b, property, built_in), -1, -1};
    const bool unknown = is(change.from, Verdict::Unknown) || is(change.to, Verdict::Unknown);
    d.unknown = d.unknown || unknown;
    if (unknown && change.from == change.to) d.undecided.push_back(property);
    if (change.from == change.to) continue;
    // What only one side is asked for, and keeps, changes no verdict.
    const bool kept = (change.from == kNotAsked && is(change.to, Verdict::Holds)) ||
                      (change.to == kNotAsked && is(change.from, Verdict::Holds));
    d.differs = d.differs || (!unknown && !kept);
    change.at_a = index_of(d.a, finding_of(d.a, property));
    change.at_b = index_of(d.b, finding_of(d.b, property));
    d.verdicts.push_back(std::move(change));
  }
}

// The same reading without one of its assumptions.
void drop(AssumptionChange& change, const Side& side, const Checked& with, const Limits& limits,
          Diagnostics& diagnostics) {
  CheckOptions options;
  options.needs = false;
  options.without = {change.name};
  auto checked = check(side.path, side.load, with.reading, options, limits, diagnostics);
  if (!checked) {
    change.unknown = "it could not be checked without it";
    return;
  }
  for (const std::string& property : properties_of(with, *checked)) {
    const bool built_in = !declares(with, property);
    AssumptionChange::Fall fall{property, verdict_of(with, property, built_in),
                                verdict_of(*checked, property, built_in)};
    if (is(fall.to, Verdict::Unknown))
      change.unknown = "without it, " + property + " could not be decided";
    else if (is(fall.from, Verdict::Unknown))
      change.unknown = "with it, " + property + " could not be decided";
    if (fall.from == fall.to) continue;
    if (is(fall.from, Verdict::Holds) && is(fall.to, Verdict::Violated)) change.load_bearing = true;
    change.falls.push_back(std::move(fall));
  }
  // Built-in violations are in the findings only where they were found.
  if (const std::string& by = checked->statistics.stopped_by; change.unknown.empty() && !by.empty())
    change.unknown = "without it, the search was stopped by " + by;
  change.without = std::move(checked);
}

// Uncertain rules, without the name of the design that they stand in, which differs anyway.
std::set<std::string> uncertain(const Checked& checked) {
  std::set<std::string> names;
  const std::string own = checked.model->name + ".";
  for (const Finding& f : checked.findings)
    for (const std::string& name : f.assumed)
      names.insert(name.compare(0, own.size(), own) == 0 ? name.substr(own.size()) : name);
  return names;
}

void compare_assumptions(ReadingDiff& d, const std::array<const Side*, 2>& sides,
                         const Limits& limits, Diagnostics& diagnostics) {
  const std::array<const Checked*, 2> checked = {&d.a, &d.b};
  for (const Of of : {Of::B, Of::A}) {
    const auto own = static_cast<std::size_t>(of), other = 1 - own;
    for (const model::Assumption& assumption : checked[own]->model->assumptions) {
      const auto& others = checked[other]->model->assumptions;
      if (std::any_of(others.begin(), others.end(),
                      [&](const auto& o) { return o.name == assumption.name; }))
        continue;
      AssumptionChange change;
      change.name = assumption.name;
      change.because = assumption.because;
      change.of = of;
      drop(change, *sides[own], *checked[own], limits, diagnostics);
      d.unknown = d.unknown || !change.unknown.empty();
      d.assumptions.push_back(std::move(change));
    }
    const std::set<std::string> known = uncertain(*checked[other]);
    for (const std::string& name : uncertain(*checked[own])) {
      if (known.count(name)) continue;
      AssumptionChange change;
      change.name = name;
      change.of = of;
      change.status = true;
      d.assumptions.push_back(std::move(change));
    }
  }
}

LoadOptions with_reading(LoadOptions load, const Reading& reading) {
  load.variant = reading.variant;
  for (const auto& [name, alternative] : reading.choices) load.choose[name] = alternative;
  return load;
}

// The file itself, without a variant, is one design only if it leaves no choice open.
bool closed(const Side& side, Diagnostics& diagnostics) {
  const auto model = model::load(side.path, side.load, diagnostics);
  if (!model) return false;
  for (const model::Choice& choice : model->choices)
    if (choice.selected < 0)
      diagnostics.error(
          choice.origin.span,
          fmt::format("the two have no variant in common, and '{}' is open", choice.name),
          "name the variants to compare: FILE:VARIANT FILE:VARIANT");
  return diagnostics.ok();
}

bool fits(const Reading& a, const Reading& b, bool same_names) {
  if (same_names && a.variant != b.variant) return false;
  return std::all_of(a.choices.begin(), a.choices.end(), [&](const auto& choice) {
    const auto other = b.choices.find(choice.first);
    return other == b.choices.end() || other->second == choice.second;
  });
}

bool one_variant(const std::vector<Reading>& readings) {
  return std::all_of(readings.begin(), readings.end(),
                     [&](const Reading& r) { return r.variant == readings[0].variant; });
}

}  // namespace

DiffPlan pair_up(const std::vector<Reading>& a, const std::vector<Reading>& b) {
  DiffPlan plan;
  const bool same_names = !one_variant(a) || !one_variant(b);
  std::set<std::size_t> met;
  for (const Reading& one : a) {
    bool found = false;
    for (std::size_t i = 0; i < b.size(); ++i) {
      if (!fits(one, b[i], same_names)) continue;
      plan.pairs.emplace_back(one, b[i]);
      met.insert(i);
      found = true;
    }
    if (!found) plan.only_a.push_back(one);
  }
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!met.count(i)) plan.only_b.push_back(b[i]);
  return plan;
}

std::optional<Diff> diff(const Side& a, const Side& b, bool every_run, const Limits& limits,
                         Diagnostics& diagnostics) {
  DiffPlan plan = pair_up(a.readings, b.readings);
  Diff all;
  if (plan.pairs.empty()) {
    for (const Side* side : {&a, &b})
      if (!closed(*side, diagnostics)) return std::nullopt;
    plan.pairs.emplace_back();
    all.as_files = true;
  }
  all.only_a = std::move(plan.only_a);
  all.only_b = std::move(plan.only_b);
  CheckOptions options;
  options.needs = false;
  options.keep = true;
  for (const auto& [reading_a, reading_b] : plan.pairs) {
    auto checked_a = check(a.path, a.load, reading_a, options, limits, diagnostics);
    auto checked_b = check(b.path, b.load, reading_b, options, limits, diagnostics);
    if (!checked_a || !checked_b) return std::nullopt;
    ReadingDiff d;
    d.a = std::move(*checked_a);
    d.b = std::move(*checked_b);
    compare_verdicts(d);
    compare_assumptions(d, {&a, &b}, limits, diagnostics);
    BehaviourDiff behaviours = compare_behaviours(d.a, d.b, every_run);
    d.only_a = std::move(behaviours.only_a);
    d.only_b = std::move(behaviours.only_b);
    d.behaviours_unknown = std::move(behaviours.unknown);
    d.unknown = d.unknown || !d.behaviours_unknown.empty();
    d.a.explored.reset();
    d.b.explored.reset();
    const RuleSide rules_a{a.path, with_reading(a.load, reading_a)};
    const RuleSide rules_b{b.path, with_reading(b.load, reading_b)};
    if (!compare_rules(rules_a, rules_b, static_cast<int>(all.readings.size()), all.rules,
                       diagnostics))
      return std::nullopt;
    all.readings.push_back(std::move(d));
  }
  return all;
}

}  // namespace luproof::checker
