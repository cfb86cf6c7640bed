// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/prove.h"

#include <algorithm>

#include "checker/stopped.h"

namespace luproof::checker::proof {
namespace {

const Invariant* left_behind(const std::vector<Finding>& findings) {
  for (const Finding& f : findings)
    if (f.invariant) return f.invariant.get();
  return nullptr;
}

}  // namespace

Subject subject_of(const model::Model& model, const std::string& variant,
                   const std::string& topology) {
  Subject subject;
  subject.design = model.name;
  subject.variant = variant;
  for (const model::Choice& choice : model.choices)
    if (choice.selected >= 0)
      subject.choices[choice.name] =
          model.enums[choice.enumeration].values[static_cast<std::size_t>(choice.selected)];
  for (const model::Act& act : model.acts)
    if (act.allowed) subject.acts.push_back(act.name);
  subject.without = model.without;
  for (const auto& assumption : model.assumptions) subject.assumptions.push_back(assumption.name);
  subject.topology = topology.empty() ? "its own" : topology;
  return subject;
}

std::string derived(System& system, const Stated& stated, const std::string& topology) {
  const model::Model& model = *system.model;
  Invariant invariant = stated.invariant;  // what speaks of no slot of this system is missing then
  std::erase_if(invariant.clauses, [&](const Clause& clause) {
    return std::any_of(clause.begin(), clause.end(), [&](const Atom& atom) {
      return atom.slot < 0 || atom.slot >= static_cast<int>(system.slots.size());
    });
  });
  std::vector<int> properties;
  for (std::size_t p = 0; p < model.properties.size(); ++p)
    if (std::find(stated.properties.begin(), stated.properties.end(), model.properties[p].name) !=
        stated.properties.end())
      properties.push_back(static_cast<int>(p));
  std::vector<Fault> happening;
  for (int fault = 1; fault <= static_cast<int>(Fault::EndlessLoop); ++fault)
    if (std::find(stated.faults.begin(), stated.faults.end(),
                  fault_name(static_cast<Fault>(fault))) == stated.faults.end())
      happening.push_back(static_cast<Fault>(fault));
  const Goals goals = goals_of(system, properties, happening);
  return certificate(system, goals, invariant, subject_of(model, stated.subject.variant, topology))
      .text;
}

std::shared_ptr<const Proof> prove(System& system, const Graph* graph,
                                   const std::vector<Finding>& findings, const Subject& subject,
                                   const Limits& limits) {
  auto proof = std::make_shared<Proof>();
  const Provable safe = provable(*system.model, findings);
  if (safe.properties.empty()) {
    proof->reason = "no safety property of it is known to hold";
    return proof;
  }
  const Goals goals = goals_of(system, safe.properties, safe.happening);
  const Bounds bounds = bounds_of(system);
  std::optional<Invariant> invariant;
  try {
    if (const Invariant* given = left_behind(findings)) {
      invariant = needed(system, bounds, goals, *given, limits);
      if (!invariant) proof->reason = "the invariant of the engine is none";
    } else if (graph) {
      Learned learned = learn(system, *graph, bounds, goals, limits);
      proof->reason = learned.reason;
      invariant = std::move(learned.invariant);
    } else {
      proof->reason = "not every state was explored";
    }
  } catch (const Ended& ended) {
    proof->reason = "stopped by " + ended.by;
  }
  if (!invariant) return proof;
  proof->properties = goals.properties;
  proof->faults = goals.faults;
  proof->invariant = std::move(*invariant);
  proof->certificate =
      certificate(system, goals, with_box(system, bounds, proof->invariant), subject);
  if (const std::string open = refuted(proof->certificate, limits); !open.empty())
    proof->reason = "an obligation is not met: " + open;
  return proof;
}

}  // namespace luproof::checker::proof
