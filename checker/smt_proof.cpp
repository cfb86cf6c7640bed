// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_proof.h"

#include <algorithm>

namespace luproof::checker::smt {

using model::Part;

const Proof::Reached& Proof::reach(Term state) {
  const auto [at, fresh] = known_.try_emplace(state);
  Reached& result = at->second;
  if (!fresh || system_.terms.is_false(state)) return result;
  Circuit& circuit = unroller_.circuit();
  std::vector<Lit> ways;
  for (int frame = 0; frame <= last_; ++frame)
    ways.push_back(circuit.all({unroller_.arrives(frame), unroller_.holds(frame, state)}));
  const Lit any = circuit.any(std::move(ways));
  if (any == kFalse) return result;
  const Answer answer = circuit.check({any});
  Target target;
  target.state = state;
  if (answer == Answer::Sat) result.path = read_path(system_, unroller_, circuit, target, last_);
  result.stopped = answer == Answer::Stopped || (answer == Answer::Sat && !result.path);
  return result;
}

// Some element's slot of the property's claims is set.
Term Proof::any_slot(Part part, const model::Property& property) {
  Term result = system_.terms.truth(false);
  for (const model::Clause& clause : property.clauses) {
    if (clause.claim < 0) continue;
    const model::Component& slots = *system_.layout->find(part, clause.claim);
    for (int i = 0; i < slots.size; ++i)
      result = system_.terms.disj(result, system_.slot(slots.base + i));
  }
  return result;
}

void Proof::hold(Finding& finding, const model::Property& property) {
  const bool claimed = std::any_of(property.clauses.begin(), property.clauses.end(),
                                   [](const model::Clause& c) { return c.claim >= 0; });
  const Term kernel = system_.slot(system_.layout->find(Part::Kernel, -1)->base);
  const Term after = system_.terms.lt(system_.terms.constant(1), kernel);
  const Reached& shown = reach(claimed ? any_slot(Part::Released, property) : after);
  if (shown.stopped) {
    finding.reason = "the search for a witness was stopped";
    return;
  }
  finding.verdict = Verdict::Holds;
  if (shown.path) {
    finding.witness = to_run(system_, *shown.path);
  } else if (claimed) {
    const Reached& latched = reach(any_slot(Part::Latch, property));
    finding.verdict = Verdict::Vacuous;
    finding.reason = latched.path ? "the claim is never let go after a kexec, in any run"
                                  : "no run ever comes to the claim it guards";
  }
}

// The instance is inside a procedure, at a wait, a lock or a pick.
Term Proof::waits(int instance) {
  Terms& t = system_.terms;
  const Program& program = system_.programs[system_.layout->instances()[instance].actor];
  Term result = t.truth(false);
  for (std::size_t p = 0; p < program.points.size(); ++p)
    if (program.points[p].waits && program.points[p].inside)
      result = t.disj(result, t.eq(system_.slot(system_.point_slot[instance]),
                                   t.constant(static_cast<Value>(p))));
  return result;
}

// No step is possible, and none would be in a run of more updates.
Term Proof::at_rest() {
  Terms& t = system_.terms;
  Term result = t.negate(system_.slot(system_.layout->find(Part::Panicked, -1)->base));
  for (const Transition& transition : system_.transitions)
    if (transition.fault == Fault::None && !transition.exhausted)
      result = t.conj(result, t.negate(transition.guard));
  for (std::size_t i = 0; i < system_.point_slot.size(); ++i) {
    const Program& program = system_.programs[system_.layout->instances()[i].actor];
    for (std::size_t p = 0; p < program.points.size(); ++p)
      if (const model::Stmt* s = program.points[p].stmt; s && s->kind == model::StmtKind::Kexec)
        result = t.conj(result, t.negate(t.eq(system_.slot(system_.point_slot[i]),
                                              t.constant(static_cast<Value>(p)))));
  }
  return result;
}

// Where all runs end, an actor that is stuck is still stuck at the end of the run.
void Proof::deadlock(Finding& finding) {
  finding.verdict = Verdict::Holds;
  finding.reason.clear();
  const Term rest = at_rest();
  for (std::size_t i = 0; i < system_.point_slot.size(); ++i) {
    const int instance = static_cast<int>(i);
    const Reached& stuck = reach(system_.terms.conj(waits(instance), rest));
    if (stuck.stopped) {
      finding.verdict = Verdict::Unknown;
      finding.reason = "the search was stopped";
    }
    if (!stuck.path) continue;
    finding.verdict = Verdict::Violated;
    finding.run = to_run(system_, *stuck.path);
    finding.shortest = false;  // it may have been stuck long before the end
    finding.stuck = instance;
    finding.reason = system_.layout->instance_name(instance) + " waits for ever";
    return;
  }
}

}  // namespace luproof::checker::smt
