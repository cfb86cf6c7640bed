// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_path.h"

namespace luproof::checker::smt {
namespace {

// Terms in one state; shared subterms are computed once.
class Evaluation {
 public:
  Evaluation(Terms& terms, const State& state) : terms_(terms), state_(state) {}
  Value operator()(Term term) {
    const auto value = [&](Value slot, Term) { return terms_.constant(state_[slot]); };
    const Term result = terms_.substitute(term, value, memo_);
    return terms_[result].value;
  }

 private:
  Terms& terms_;
  const State& state_;
  Terms::Memo memo_;
};

State first_state(const System& system, const Unroller& unroller, const Circuit& circuit) {
  State state;
  for (std::size_t s = 0; s < system.slots.size(); ++s) {
    const Word& word = unroller.slot(0, static_cast<int>(s));
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 32; ++i)
      if (circuit.value(bit(word, i))) value |= std::uint32_t{1} << i;
    state.push_back(static_cast<Value>(value));
  }
  return state;
}

// The one of the least weight, if there are several; -1 for none.
int fault_here(const System& system, Evaluation& value, Fault fault) {
  int found = -1;
  for (std::size_t t = 0; t < system.transitions.size(); ++t) {
    const Transition& transition = system.transitions[t];
    if (transition.fault != fault || value(transition.guard) == 0) continue;
    if (found < 0 || transition.weight < system.transitions[found].weight)
      found = static_cast<int>(t);
  }
  return found;
}

bool violates(Evaluation& value, const Transition& transition, int property) {
  for (const StepCheck& check : transition.checks)
    if (check.property == property && value(check.bad) != 0) return true;
  return false;
}

void take(const System& system, Path& path, int transition) {
  path.taken.push_back(transition);
  path.weight += system.transitions[transition].weight;
  path.labels += static_cast<int>(system.transitions[transition].labels.size());
}

std::optional<int> chosen(const Unroller& unroller, const Circuit& circuit, int frame) {
  for (const Taken& taken : unroller.taken(frame))
    if (circuit.value(taken.lit)) return taken.transition;
  return std::nullopt;
}

}  // namespace

Lit reached(Unroller& unroller, const Target& target, int frame) {
  Circuit& circuit = unroller.circuit();
  if (target.fault != Fault::None)
    return frame == 0 ? kFalse
                      : circuit.all({unroller.arrives(frame - 1),
                                     unroller.faulting(frame - 1, target.fault)});
  return circuit.all(
      {unroller.arrives(frame), circuit.any({unroller.holds(frame, target.state),
                                             unroller.step_bad(frame, target.property)})});
}

std::optional<Path> read_path(System& system, const Unroller& unroller, const Circuit& circuit,
                              const Target& target, int frames) {
  std::optional<Path> best;
  const auto note = [&](Path path, int fault = -1) {
    if (fault >= 0) take(system, path, fault);
    if (!best || std::pair(path.weight, path.labels) < std::pair(best->weight, best->labels))
      best = std::move(path);
  };
  Path path;
  path.states.push_back(first_state(system, unroller, circuit));
  for (int frame = 0; frame <= frames; ++frame) {
    const State state = path.states.back();
    Evaluation value(system.terms, state);
    if (target.state >= 0 && value(target.state) != 0) note(path);
    if (frame == frames) break;
    if (target.fault != Fault::None)
      if (const int fault = fault_here(system, value, target.fault); fault >= 0) note(path, fault);
    const auto next = chosen(unroller, circuit, frame);
    if (!next) break;
    const Transition& transition = system.transitions[*next];
    if (value(transition.guard) == 0) return std::nullopt;
    State after = state;
    for (const auto& [slot, term] : transition.updates) after[slot] = value(term);
    take(system, path, *next);
    path.states.push_back(std::move(after));
    if (target.property >= 0 && violates(value, transition, target.property)) note(path);
  }
  return best;
}

Run to_run(System& system, const Path& path) {
  const auto data = [&](const State& state) {
    return State(state.begin(), state.begin() + system.data_slots());
  };
  Run run;
  run.weight = path.weight;
  run.states.push_back(data(path.states[0]));
  for (std::size_t i = 0; i < path.taken.size(); ++i) {
    const Transition& transition = system.transitions[path.taken[i]];
    Evaluation value(system.terms, path.states[i]);
    for (std::size_t l = 0; l < transition.labels.size(); ++l) {
      run.steps.push_back(transition.labels[l]);
      run.args.emplace_back();
      if (l < transition.args.size())
        for (const Term argument : transition.args[l]) run.args.back().push_back(value(argument));
      // States within fused steps are for the replay to fill in.
      if (l + 1 < transition.labels.size()) run.states.emplace_back();
    }
    if (i + 1 < path.states.size()) run.states.push_back(data(path.states[i + 1]));
    run.fault = transition.fault;
    run.fault_span = transition.fault_span;
  }
  return run;
}

}  // namespace luproof::checker::smt
