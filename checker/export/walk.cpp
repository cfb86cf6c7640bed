// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/walk.h"

#include <algorithm>
#include <map>

#include "checker/export/printer.h"

namespace luproof::checker::exporter {
namespace {

// The values of all terms of a program in one state; kids have lower numbers than their parents.
class Values {
 public:
  explicit Values(const Program& program)
      : program_(program), terms_(program.terms()), values_(terms_.size(), 0) {
    std::vector<char> needed(terms_.size(), 0);
    for (const Term root : roots_of(program)) needed[root] = 1;
    for (std::size_t t = needed.size(); t-- > 0;)
      if (needed[t])
        for (const Term kid : {terms_[t].a, terms_[t].b, terms_[t].c})
          if (kid >= 0) needed[kid] = 1;
    for (std::size_t t = 0; t < needed.size(); ++t)
      if (needed[t]) order_.push_back(static_cast<Term>(t));
  }
  void compute(const State& state) {
    for (const Term t : order_) values_[t] = value(terms_[t], state);
  }
  Value operator[](Term term) const { return values_[term]; }

 private:
  Value value(const TermNode& n, const State& state) const {
    switch (n.op) {
      case TermOp::Const:
        return n.value;
      case TermOp::Slot:
        return state[program_.variable_of[n.value]];
      case TermOp::Not:
        return !values_[n.a];
      case TermOp::And:
        return values_[n.a] && values_[n.b];
      case TermOp::Or:
        return values_[n.a] || values_[n.b];
      case TermOp::Eq:
        return values_[n.a] == values_[n.b];
      case TermOp::Lt:
        return values_[n.a] < values_[n.b];
      case TermOp::Add:
        return values_[n.a] + values_[n.b];
      case TermOp::Sub:
        return values_[n.a] - values_[n.b];
      case TermOp::Mul:
        return values_[n.a] * values_[n.b];
      case TermOp::Ite:
        return values_[n.a] ? values_[n.b] : values_[n.c];
      case TermOp::Shift:
        return values_[n.a] >> n.value;
    }
    return 0;
  }

  const Program& program_;
  const Terms& terms_;
  std::vector<Term> order_;
  std::vector<Value> values_;
};

// All first states, or nullopt if more than `limit` have to be looked at.
std::optional<std::vector<State>> first_states(const Program& program, Values& values,
                                               std::size_t limit) {
  State state;
  for (const Variable& v : program.variables) state.push_back(v.first_low);
  std::vector<State> all;
  for (std::size_t tried = 0; tried < limit; ++tried) {
    values.compute(state);
    State full = state;
    for (std::size_t v = 0; v < full.size(); ++v)
      if (program.variables[v].first_term >= 0) full[v] = values[program.variables[v].first_term];
    const bool allowed = std::all_of(program.assumptions.begin(), program.assumptions.end(),
                                     [&](Term assumption) { return values[assumption] != 0; });
    if (allowed && program.starts.empty()) all.push_back(full);
    if (allowed)
      for (const auto& start : program.starts) {
        for (const auto& [variable, value] : start) full[variable] = value;
        all.push_back(full);
      }
    std::size_t v = 0;
    for (; v < state.size(); ++v) {
      const Variable& variable = program.variables[v];
      if (variable.by_start || variable.first_term >= 0) continue;
      if (state[v] < variable.first_high) {
        ++state[v];
        break;
      }
      state[v] = variable.first_low;
    }
    if (v == state.size()) return all;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Walked> walk(const Program& program, std::size_t limit) {
  Values values(program);
  const auto starts = first_states(program, values, limit);
  if (!starts) return std::nullopt;
  Walked walked;
  walked.reached.assign(program.goals.size(), 0);
  std::map<State, std::uint32_t> known;
  auto number = [&](const State& state) {
    const auto [at, fresh] = known.emplace(state, static_cast<std::uint32_t>(walked.states.size()));
    if (fresh) walked.states.push_back(state);
    return at->second;
  };
  for (const State& start : *starts) number(start);
  walked.starts = walked.states.size();
  for (std::uint32_t at = 0; at < walked.states.size(); ++at) {
    if (walked.states.size() > limit) return std::nullopt;
    const State state = walked.states[at];
    values.compute(state);
    for (std::size_t g = 0; g < program.goals.size(); ++g)
      if (values[program.goals[g].when]) walked.reached[g] = 1;
    for (std::size_t r = 0; r < program.rules.size(); ++r) {
      const Rule& rule = program.rules[r];
      if (!values[rule.guard]) continue;
      for (const auto& [goal, when] : rule.hits)
        if (values[when]) walked.reached[goal] = 1;
      if (rule.ends) continue;
      State next = state;
      for (const auto& [variable, term] : rule.updates) next[variable] = values[term];
      walked.edges.push_back({at, number(next), static_cast<int>(r)});
    }
  }
  return walked;
}

}  // namespace luproof::checker::exporter
