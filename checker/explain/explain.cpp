// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explain/explain.h"

#include <algorithm>

#include "checker/check.h"
#include "checker/explain/onward.h"

namespace luproof::checker {
namespace {

class Explainer {
 public:
  Explainer(System& system, const GroundRun& ground, const Run& run, Explanation& result,
            const Limits& limits)
      : s_(system), ground_(ground), run_(run), result_(result), limits_(limits) {}

  void find() {
    const Violation& violation = result_.violation;
    std::vector<int> waiting;
    if (violation.deadlock) waiting = stuck(s_, ground_.states.back(), limits_);
    result_.slice = slice(s_, ground_, violation, waiting, limits_);
    avoidance(waiting);
    if (violation.deadlock) return;  // who never comes keeps its locks: that says nothing
    for (const int step : result_.slice.steps)
      if (weight_of(*s_.model, run_.steps[static_cast<std::size_t>(step) - 1]))
        result_.without.push_back(without(step));
  }

 private:
  const Transition& taken(int step) const {
    return s_
        .transitions[static_cast<std::size_t>(ground_.taken[static_cast<std::size_t>(step) - 1])];
  }
  static std::string stopped(const Statistics& statistics) {
    if (!statistics.exhausted) return "the search was stopped by " + statistics.stopped_by;
    return statistics.pool_exhausted ? "a pool of the model was full in some run" : "";
  }

  void avoidance(const std::vector<int>& waiting) {
    Avoidance& a = result_.avoidance;
    Onward onward(s_, ground_.states[0]);
    Graph graph(s_);
    const Outcome outcome = onward.explore(graph, only(), limits_);
    a.states = outcome.statistics.states;
    a.reason = stopped(outcome.statistics);
    if (!a.reason.empty()) return;
    const std::vector<char> free = avoids(s_, graph, result_.violation, waiting);
    std::vector<std::uint64_t> words(graph.store.packing().words());
    std::uint32_t before = 0;
    a.too_late = static_cast<int>(ground_.taken.size());
    for (std::size_t i = 0; i < ground_.states.size(); ++i) {
      graph.store.packing().pack(ground_.states[i], words.data());
      const std::int64_t node = graph.store.find(words.data());
      if (node < 0) {
        a.reason = "the run is not in what was explored";
        return;
      }
      if (!free[static_cast<std::size_t>(node)]) {
        a.too_late = static_cast<int>(i);
        break;
      }
      before = static_cast<std::uint32_t>(node);
    }
    a.known = true;
    if (a.too_late == 0) return;
    State state;
    graph.store.unpack(before, state);
    for (std::uint64_t e = graph.range[before].first; e < graph.range[before].second; ++e) {
      if (!free[graph.edge_to[e]]) continue;
      const Transition& t = s_.transitions[graph.edge_by[e]];
      std::vector<Value> args;
      if (!t.args.empty())
        for (const Term arg : t.args[0]) args.push_back(s_.terms.evaluate(arg, state));
      a.instead.emplace_back(t.labels[0], std::move(args));
    }
  }

  int only() const { return result_.violation.property; }

  // The run up to the step, then what follows without it.
  Without without(int step) {
    Without w;
    w.step = step;
    const auto at = static_cast<std::size_t>(step) - 1;
    const State& from = ground_.states[at];
    Onward onward(s_, from);
    onward.leave_out(run_.steps[at], at < run_.args.size() ? run_.args[at] : std::vector<Value>());
    Graph graph(s_);
    const Outcome outcome = onward.explore(graph, only(), limits_);
    w.states = outcome.statistics.states;
    const std::string name = result_.violation.property >= 0
                                 ? s_.model->properties[result_.violation.property].name
                                 : fault_name(result_.violation.fault);
    for (const Finding& f : outcome.findings)
      if (f.property == name && f.verdict == Verdict::Violated && f.run)
        return anyway(w, at, *f.run);
    w.reason = stopped(outcome.statistics);
    if (!w.reason.empty()) return w;
    w.then = Without::Then::Never;
    const int instance = run_.steps[at].instance;
    w.goes_on = instance < 0 ||
                std::any_of(graph.edge_by.begin(), graph.edge_by.end(), [&](std::uint32_t by) {
                  return s_.transitions[by].instance == instance;
                });
    w.ends = ends(graph);
    return w;
  }

  Without anyway(Without& w, std::size_t at, const Run& rest) {
    w.run.states.assign(run_.states.begin(), run_.states.begin() + static_cast<std::ptrdiff_t>(at));
    w.run.steps.assign(run_.steps.begin(), run_.steps.begin() + static_cast<std::ptrdiff_t>(at));
    w.run.args.assign(run_.args.begin(), run_.args.begin() + static_cast<std::ptrdiff_t>(at));
    w.run.states.insert(w.run.states.end(), rest.states.begin(), rest.states.end());
    w.run.steps.insert(w.run.steps.end(), rest.steps.begin(), rest.steps.end());
    w.run.args.insert(w.run.args.end(), rest.args.begin(), rest.args.end());
    w.run.fault = rest.fault;
    w.run.fault_span = rest.fault_span;
    for (const Label& label : w.run.steps) w.run.weight += weight_of(*s_.model, label);
    const std::string error = replay(*s_.model, *s_.layout, w.run, result_.violation.property);
    w.then = error.empty() ? Without::Then::Anyway : Without::Then::Unknown;
    if (!error.empty()) w.reason = "luproof is wrong here: " + error;
    return w;
  }

  // A claim that the property speaks of is let go in a later kernel, in some continuation.
  bool ends(const Graph& graph) {
    if (result_.violation.property < 0) return true;
    std::vector<int> slots;
    for (const auto& clause : s_.model->properties[result_.violation.property].clauses)
      if (const auto* c =
              clause.claim < 0 ? nullptr : s_.layout->find(model::Part::Released, clause.claim))
        for (int i = 0; i < c->size; ++i) slots.push_back(c->base + i);
    State state;
    for (std::uint32_t n = 0; n < graph.nodes.size() && !slots.empty(); ++n) {
      graph.store.unpack(n, state);
      if (std::any_of(slots.begin(), slots.end(), [&](int slot) { return state[slot] != 0; }))
        return true;
    }
    return slots.empty();
  }

  System& s_;
  const GroundRun& ground_;
  const Run& run_;
  Explanation& result_;
  const Limits& limits_;
};

}  // namespace

std::unique_ptr<Explanation> explain(const model::Model& model, const model::Layout& layout,
                                     const Run& run, const Violation& violation,
                                     const Limits& limits, std::string& why,
                                     model::Diagnostics& diagnostics) {
  const auto system =
      ground(model, layout, GroundOptions{.fuse = false, .limits = &limits}, diagnostics);
  if (!system) {
    why = "the spec cannot be grounded";
    return nullptr;
  }
  auto result = std::make_unique<Explanation>();
  result->violation = violation;
  if (!system->unfinished.empty()) {
    result->slice.reason = result->avoidance.reason = "stopped by " + system->unfinished;
    return result;
  }
  const auto ground_run = follow(*system, run);
  if (!ground_run) {
    why = "the run is none of the ground system";
    return nullptr;
  }
  Explainer(*system, *ground_run, run, *result, limits).find();
  return result;
}

}  // namespace luproof::checker
