// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_properties.h"

namespace luproof::checker::plain {
namespace {

bool bad_for(const World& world, const model::Property& property, const model::Clause& clause,
             const View& view, Value element) {
  Evaluator evaluator(world, view, std::vector<Value>(property.locals.size()));
  evaluator.bind(clause.local, element);
  return evaluator.truth(*clause.bad) || evaluator.failed();
}

bool clause_violated(const World& world, const model::Property& property,
                     const model::Clause& clause, View view, const State& latched, Value* element) {
  view.clause = &clause;
  const auto found = [&](Value value) {
    if (!bad_for(world, property, clause, view, value)) return false;
    if (element) *element = value;
    return true;
  };
  if (clause.claim >= 0) {
    const int sort = world.model.claims[clause.claim].sort;
    const Component& latches = world.at(Part::Latch, clause.claim);
    for (int e = 0; e < latches.size; ++e) {
      view.claimed = e;
      if (latched[latches.base + e] && found(world.reference(sort, e))) return true;
    }
    return false;
  }
  if (!clause.set) return found(0);
  Evaluator evaluator(world, view, std::vector<Value>(property.locals.size()));
  bool bad = false;
  evaluator.each(*clause.set, [&](Value member) {
    bad = found(member);
    return !bad;
  });
  if (bad || !evaluator.failed()) return bad;
  if (element) *element = 0;
  return true;
}

}  // namespace

bool violated(const World& world, const model::Property& property, View view, const State& latched,
              Value* element) {
  if (element) *element = 0;
  view.samples = &latched;
  for (const model::Clause& clause : property.clauses)
    if (clause_violated(world, property, clause, view, latched, element)) return true;
  return false;
}

bool looks_at(const World& world, const model::Property& property, const Passage& passage) {
  if (passage.procedure != property.procedure) return false;
  if (property.moment == model::Moment::Enter) return !passage.returned;
  if (!passage.returned) return false;
  using Filter = model::Property::Filter;
  const bool errno_result =
      world.model.procedures[passage.procedure].result.kind == Type::Kind::Errno;
  switch (property.filter) {
    case Filter::Any:
      return true;
    case Filter::Success:
      return passage.has_result && passage.result == 0;
    case Filter::Error:
      return passage.has_result && errno_result && passage.result != 0;
  }
  return false;
}

}  // namespace luproof::checker::plain
