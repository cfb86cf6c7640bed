// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explain/onward.h"

#include <algorithm>

#include "checker/explorer/staying.h"

namespace luproof::checker {

Onward::Onward(System& system, const State& from) : s_(system) {
  std::vector<std::optional<Value>> here(from.begin(), from.end());
  initial_ = std::exchange(s_.initial, std::move(here));
  first_ = std::exchange(s_.first, {});
  initial_terms_ = std::exchange(s_.initial_terms, {});
  assumptions_ = std::exchange(s_.assumptions, {});
  starts_ = std::exchange(s_.starts, {{}});
}

Onward::~Onward() {
  s_.initial = std::move(initial_);
  s_.first = std::move(first_);
  s_.initial_terms = std::move(initial_terms_);
  s_.assumptions = std::move(assumptions_);
  s_.starts = std::move(starts_);
  for (const auto& [id, guard] : guards_) s_.transitions[id].guard = guard;
}

void Onward::leave_out(const Label& label, const std::vector<Value>& args) {
  for (std::size_t id = 0; id < s_.transitions.size(); ++id) {
    Transition& t = s_.transitions[id];
    if (!(t.labels[0] == label)) continue;
    Term same = s_.terms.truth(true);
    if (!t.args.empty())
      for (std::size_t i = 0; i < std::min(args.size(), t.args[0].size()); ++i)
        same = s_.terms.conj(same, s_.terms.eq(t.args[0][i], s_.terms.constant(args[i])));
    guards_.emplace_back(id, t.guard);
    t.guard = s_.terms.conj(t.guard, s_.terms.negate(same));
  }
}

Outcome Onward::explore(Graph& graph, int only, const Limits& limits) {
  ExploreOptions options;
  if (only >= 0) options.only = {only};
  options.symmetry = false;
  return checker::explore(s_, options, limits, &graph);
}

namespace {

bool waits(const System& s, const State& state, int instance) {
  const Program& program =
      s.programs[static_cast<std::size_t>(s.layout->instances()[instance].actor)];
  const Point& p = program.points[static_cast<std::size_t>(state[s.point_slot[instance]])];
  return p.waits && p.inside;
}

// The states in which all of these instances wait for ever.
std::vector<char> all_stuck(const System& s, const Graph& g, const std::vector<int>& instances) {
  std::vector<char> free(g.nodes.size(), 0);
  State state;
  for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
    g.store.unpack(n, state);
    for (const int i : instances) free[n] = free[n] || !waits(s, state, i);
    for (std::uint64_t e = g.range[n].first; e < g.range[n].second && !free[n]; ++e) {
      const Transition& t = s.transitions[g.edge_by[e]];
      free[n] =
          t.kexec || std::find(instances.begin(), instances.end(), t.instance) != instances.end();
    }
  }
  for (bool more = true; more;) {
    more = false;
    for (std::uint32_t n = g.nodes.size(); n-- > 0;)
      for (std::uint64_t e = g.range[n].first; e < g.range[n].second && !free[n]; ++e)
        if (free[g.edge_to[e]]) free[n] = more = true;
  }
  for (char& mark : free) mark = !mark;
  return free;
}

}  // namespace

std::vector<int> stuck(System& system, const State& at, const Limits& limits) {
  Onward onward(system, at);
  Graph graph(system);
  const Outcome outcome = onward.explore(graph, -1, limits);
  std::vector<int> found;
  if (!outcome.statistics.exhausted) return found;
  for (std::size_t i = 0; i < system.point_slot.size(); ++i) {
    const int instance = static_cast<int>(i);
    if (waits(system, at, instance) && all_stuck(system, graph, {instance})[0])
      found.push_back(instance);
  }
  return found;
}

std::vector<char> avoids(System& s, Graph& g, const Violation& violation,
                         const std::vector<int>& stuck) {
  std::vector<char> in(g.nodes.size(), 1);
  const auto p = static_cast<std::size_t>(std::max(violation.property, 0));
  const Term bad = violation.property >= 0 ? s.bad[p] : -1;
  if (violation.deadlock) {
    in = all_stuck(s, g, stuck);
    for (char& mark : in) mark = !mark;
  }
  // Steps that violate lead to a state of their own, behind all others.
  const auto sink = static_cast<std::uint32_t>(g.nodes.size());
  std::vector<std::uint32_t> edge_to, edge_by;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> range;
  State state;
  for (std::uint32_t n = 0; n < sink; ++n) {
    g.store.unpack(n, state);
    if (bad >= 0 && s.terms.evaluate(bad, state)) in[n] = 0;
    const std::uint64_t first = edge_to.size();
    for (std::uint64_t e = g.range[n].first; e < g.range[n].second; ++e) {
      const auto& checks = s.transitions[g.edge_by[e]].checks;
      const bool breaks = std::any_of(checks.begin(), checks.end(), [&](const StepCheck& c) {
        return c.property == violation.property && s.terms.evaluate(c.bad, state);
      });
      edge_to.push_back(breaks ? sink : g.edge_to[e]);
      edge_by.push_back(g.edge_by[e]);
    }
    for (std::size_t t = 0;
         violation.fault != Fault::None && g.nodes[n].faults && t < s.transitions.size(); ++t)
      if (s.transitions[t].fault == violation.fault &&
          s.terms.evaluate(s.transitions[t].guard, state)) {
        edge_to.push_back(sink);
        edge_by.push_back(static_cast<std::uint32_t>(t));
      }
    range.emplace_back(first, edge_to.size());
  }
  range.emplace_back(edge_to.size(), edge_to.size());
  in.push_back(0);
  g.nodes.emplace_back();
  g.edge_to = std::move(edge_to);
  g.edge_by = std::move(edge_by);
  g.range = std::move(range);
  return may_stay_within(s, g, in, true);
}

}  // namespace luproof::checker
