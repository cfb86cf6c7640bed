// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/explorer.h"

#include <algorithm>
#include <limits>
#include <set>

#include "checker/describe.h"
#include "checker/explorer/graph_checks.h"
#include "checker/explorer/search.h"

namespace luproof::checker {

using model::Part;
using model::PropertyKind;

namespace {
constexpr std::size_t kInitialLimit = 1'000'000;
constexpr std::size_t kMaximumStates = 0xfffffff0u;
}  // namespace

Search::Search(System& system, const ExploreOptions& options, const Limits& limits, Graph& graph)
    : s_(system), options_(options), limits_(limits), g_(graph) {
  for (const Transition& t : system.transitions) {
    std::vector<Term> roots = {t.guard};
    for (const StepCheck& c : t.checks) roots.push_back(c.bad);
    for (const auto& [slot, value] : t.updates) roots.push_back(value);
    code_.emplace_back(system.terms, roots);
  }
  std::vector<Term> watch;
  const auto& properties = system.model->properties;
  best_.resize(properties.size());
  for (std::size_t p = 0; p < properties.size(); ++p) {
    const bool wanted = options.only.empty() ||
                        std::find(options.only.begin(), options.only.end(), static_cast<int>(p)) !=
                            options.only.end();
    best_[p].wanted = wanted;
    watch.push_back(wanted && system.bad[p] >= 0 ? system.bad[p] : system.terms.truth(false));
    watch.push_back(wanted && properties[p].kind == PropertyKind::Possible
                        ? system.to[p]
                        : system.terms.truth(false));
  }
  watch_ = Code(system.terms, watch);
  outcome_.statistics.fired.assign(system.transitions.size(), 0);
  outcome_.statistics.bits = g_.store.bits();
}

void Search::add(const State& state, std::uint32_t parent, std::int32_t by, Key key) {
  const auto [number, fresh] = g_.store.insert(state);
  if (fresh) {
    g_.nodes.push_back({parent, by, key.weight, key.length, false, false});
    g_.range.emplace_back(0, 0);
    bad_.resize(g_.nodes.size());
  } else {
    Graph::Node& node = g_.nodes[number];
    if (node.expanded || Key{node.weight, node.length} <= key) {
      last_ = number;
      return;
    }
    node.parent = parent;
    node.transition = by;
    node.weight = key.weight;
    node.length = key.length;
  }
  frontier_[key].push_back(number);
  last_ = number;
}

void Search::note(Best& best, Key key, std::uint32_t state, std::int32_t by) {
  if (best.found && best.key <= key) return;
  best.found = true;
  best.key = key;
  best.state = state;
  best.by = by;
}

void Search::watch(std::uint32_t number, const State& state) {
  const Graph::Node& node = g_.nodes[number];
  const Key key{node.weight, node.length};
  watch_.run(state, registers_);
  for (std::size_t p = 0; p < best_.size(); ++p) {
    if (watch_.at(2 * p, registers_)) {
      note(best_[p].violation, key, number, -1);
      if (p < 64) bad_[number] |= 1ull << p;
    }
    if (watch_.at(2 * p + 1, registers_)) note(best_[p].witness, key, number, -1);
    for (const model::Clause& clause : s_.model->properties[p].clauses) {
      if (clause.claim < 0) continue;
      const model::Component& released = *s_.layout->find(Part::Released, clause.claim);
      const model::Component& latched = *s_.layout->find(Part::Latch, clause.claim);
      for (int i = 0; i < released.size; ++i) {
        if (state[released.base + i]) note(best_[p].witness, key, number, -1);
        if (state[latched.base + i]) best_[p].latched = true;
      }
    }
  }
  if (state[s_.layout->find(Part::Kernel, -1)->base] > 1) note(passed_kexec_, key, number, -1);
}

void Search::expand(std::uint32_t number) {
  State& state = current_;
  g_.store.unpack(number, state);
  const Graph::Node node = g_.nodes[number];
  const std::uint64_t first = g_.edge_to.size();
  auto fire = [&](int id) {
    const Transition& t = s_.transitions[id];
    code_[id].run(state, registers_);
    if (!code_[id].at(0, registers_)) return;
    ++outcome_.statistics.transitions;
    ++outcome_.statistics.fired[id];
    const Key key{static_cast<std::uint16_t>(node.weight + t.weight),
                  static_cast<std::uint16_t>(node.length + t.labels.size())};
    if (t.fault != Fault::None) {
      FaultBest& best = faults_[t.fault];
      g_.nodes[number].faults = true;
      note(best.violation, key, number, id);
      best.by.insert(step_text(s_, t, state));
      return;
    }
    for (std::size_t c = 0; c < t.checks.size(); ++c) {
      PropertyBest& best = best_[t.checks[c].property];
      if (!best.wanted || !code_[id].at(1 + c, registers_)) continue;
      note(best.violation, key, number, id);
      best.by.insert(step_text(s_, t, state));
    }
    if (t.exhausted) {
      outcome_.statistics.pool_exhausted = true;
      return;
    }
    next_ = state;
    for (std::size_t u = 0; u < t.updates.size(); ++u)
      next_[t.updates[u].first] = code_[id].at(1 + t.checks.size() + u, registers_);
    add(next_, number, id, key);
    g_.edge_to.push_back(last_);
    g_.edge_by.push_back(static_cast<std::uint32_t>(id));
  };
  for (std::size_t i = 0; i < s_.at.size(); ++i)
    for (const int id : s_.at[i][state[s_.point_slot[i]]]) fire(id);
  for (const int id : s_.anywhere) fire(id);
  g_.nodes[number].expanded = true;
  g_.range[number] = {first, g_.edge_to.size()};
}

bool Search::stopped() {
  Statistics& st = outcome_.statistics;
  const std::size_t bytes = g_.store.bytes() + g_.nodes.capacity() * sizeof(Graph::Node) +
                            g_.edge_to.capacity() * 8 + g_.range.capacity() * 16;
  if (limits_.interrupted && *limits_.interrupted)
    st.stopped_by = "interrupt";
  else if (std::chrono::steady_clock::now() > limits_.deadline)
    st.stopped_by = "timeout";
  else if ((limits_.memory && bytes > limits_.memory) || g_.nodes.size() > kMaximumStates)
    st.stopped_by = "memory";
  return !st.stopped_by.empty();
}

void Search::run() {
  const auto started = std::chrono::steady_clock::now();
  auto reported = started;
  const auto starts = initial_states(s_, kInitialLimit);
  if (!starts) {
    outcome_.statistics.stopped_by = "more than 1,000,000 initial states; --engine smt lists none";
    return;
  }
  for (const State& state : *starts) add(state, 0, -1, Key{0, 0});
  std::size_t popped = 0;
  State state;
  while (!frontier_.empty()) {
    auto level = frontier_.begin();
    const Key key = level->first;
    if (limits_.bound >= 0 && key.length > limits_.bound) {
      outcome_.statistics.stopped_by = "bound";
      break;
    }
    if (key.length == std::numeric_limits<std::uint16_t>::max() - 64) {
      outcome_.statistics.stopped_by = "bound";
      break;
    }
    const std::vector<std::uint32_t> batch = std::move(level->second);
    frontier_.erase(level);
    for (const std::uint32_t number : batch) {
      const Graph::Node& node = g_.nodes[number];
      if (node.expanded || Key{node.weight, node.length} < key) continue;
      g_.store.unpack(number, state);
      watch(number, state);
      outcome_.statistics.depth = std::max<int>(outcome_.statistics.depth, node.length);
      expand(number);
      if ((++popped & 0xff) != 0) continue;
      if (stopped()) break;
      const auto now = std::chrono::steady_clock::now();
      if (limits_.progress && now - reported > std::chrono::milliseconds(500)) {
        reported = now;
        outcome_.statistics.states = g_.nodes.size();
        limits_.progress(outcome_.statistics);
      }
    }
    if (!outcome_.statistics.stopped_by.empty() || (options_.stop_at_first && all_decided(key)))
      break;
  }
  outcome_.statistics.states = g_.nodes.size();
  outcome_.statistics.exhausted = frontier_.empty() && outcome_.statistics.stopped_by.empty();
  outcome_.statistics.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

bool Search::all_decided(Key key) const {
  return std::all_of(best_.begin(), best_.end(), [&](const PropertyBest& b) {
    return !b.wanted || (b.violation.found && b.violation.key <= key);
  });
}

Run Search::run_to(const Best& best) { return checker::run_to(s_, g_, best.state, best.by); }

// Steps over all edges from a good to a bad state.
void Search::last_steps() {
  State state;
  for (std::uint32_t from = 0; from < g_.nodes.size(); ++from) {
    if (!g_.nodes[from].expanded) continue;
    bool unpacked = false;
    for (std::uint64_t e = g_.range[from].first; e < g_.range[from].second; ++e) {
      const std::uint64_t fresh = bad_[g_.edge_to[e]] & ~bad_[from];
      if (!fresh) continue;
      if (!unpacked) g_.store.unpack(from, state);
      unpacked = true;
      const std::string text = step_text(s_, s_.transitions[g_.edge_by[e]], state);
      for (std::size_t p = 0; p < best_.size() && p < 64; ++p)
        if (fresh >> p & 1) best_[p].by.insert(text);
    }
  }
}

Outcome Search::finish() {
  last_steps();
  const auto& properties = s_.model->properties;
  const bool complete = outcome_.statistics.exhausted && !outcome_.statistics.pool_exhausted;
  for (std::size_t p = 0; p < properties.size(); ++p) {
    const model::Property& property = properties[p];
    if (!best_[p].wanted) continue;
    if (property.kind == PropertyKind::Safety && property.clauses.empty())
      continue;  // nothing claims it
    Finding f;
    f.property = property.name;
    f.index = static_cast<int>(p);
    f.engine = "explorer";
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    if (property.kind == PropertyKind::Safety) {
      if (best_[p].violation.found) {
        f.verdict = Verdict::Violated;
        f.run = run_to(best_[p].violation);
        f.violated_by.assign(best_[p].by.begin(), best_[p].by.end());
        f.violated_by_known = outcome_.statistics.exhausted;
      } else {
        f.verdict = complete ? Verdict::Holds : Verdict::Unknown;
      }
    } else if (property.kind == PropertyKind::Possible) {
      f.verdict = best_[p].witness.found ? Verdict::Holds
                  : complete             ? Verdict::Violated
                                         : Verdict::Unknown;
    } else {
      decide_on_graph(s_, g_, property, s_.from[p], s_.to[p], complete, f, [&](std::uint32_t n) {
        return run_to(Best{true, {}, n, -1});
      });
    }
    settle(f, best_[p]);
    outcome_.findings.push_back(std::move(f));
  }
  for (const auto& [fault, best] : faults_) {
    Finding f;
    f.property = fault_name(fault);
    f.verdict = Verdict::Violated;
    f.engine = "explorer";
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    f.run = run_to(best.violation);
    f.violated_by.assign(best.by.begin(), best.by.end());
    f.violated_by_known = outcome_.statistics.exhausted;
    outcome_.findings.push_back(std::move(f));
  }
  if (options_.only.empty()) {
    Finding f = check_deadlock(s_, g_, complete, [&](std::uint32_t n) {
      return run_to(Best{true, {}, n, -1});
    });
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    if (f.verdict == Verdict::Unknown) f.reason = reason();
    outcome_.findings.push_back(std::move(f));
  }
  return std::move(outcome_);
}

std::string Search::reason() const {
  const Statistics& st = outcome_.statistics;
  if (!st.stopped_by.empty()) return "stopped by " + st.stopped_by;
  if (st.pool_exhausted) return "a pool of the model was full in some run";
  return "the search ended early";
}

// A holds has a witness, or says nothing.
void Search::settle(Finding& f, const PropertyBest& best) {
  if (f.verdict == Verdict::Unknown && f.reason.empty()) f.reason = reason();
  if (f.verdict != Verdict::Holds) return;
  const model::Property& property = s_.model->properties[f.index];
  const bool claimed = std::any_of(property.clauses.begin(), property.clauses.end(),
                                   [](const model::Clause& c) { return c.claim >= 0; });
  if (best.witness.found) {
    f.witness = run_to(best.witness);
  } else if (claimed) {
    f.verdict = Verdict::Vacuous;
    f.reason = best.latched ? "the claim is never let go after a kexec, in any run"
                            : "no run ever comes to the claim it guards";
  } else if (passed_kexec_.found) {
    f.witness = run_to(passed_kexec_);
  }
}

Run run_to(const System& system, const Graph& graph, std::uint32_t node, std::int32_t by) {
  std::vector<std::uint32_t> path = {node};
  while (graph.nodes[path.back()].transition >= 0) path.push_back(graph.nodes[path.back()].parent);
  std::reverse(path.begin(), path.end());
  Run run;
  State state;
  const std::size_t data = static_cast<std::size_t>(system.data_slots());
  auto step = [&](int id) {
    const Transition& t = system.transitions[id];
    for (std::size_t l = 0; l < t.labels.size(); ++l) {
      run.steps.push_back(t.labels[l]);
      run.args.emplace_back();
      if (l < t.args.size())
        for (const Term a : t.args[l]) run.args.back().push_back(system.terms.evaluate(a, state));
      if (l + 1 < t.labels.size())
        run.states.emplace_back();  // within a fused step: the replay fills it in
    }
    run.weight += t.weight;
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) step(graph.nodes[path[i]].transition);
    graph.store.unpack(path[i], state);
    run.states.emplace_back(state.begin(), state.begin() + static_cast<long>(data));
  }
  if (by < 0) return run;
  const Transition& last = system.transitions[by];
  step(by);
  run.fault = last.fault;
  run.fault_span = last.fault_span;
  if (last.fault == Fault::None) {
    State next(state.begin(), state.begin() + static_cast<long>(data));
    for (const auto& [slot, value] : last.updates)
      if (slot < system.data_slots()) next[slot] = system.terms.evaluate(value, state);
    run.states.push_back(std::move(next));
  }
  return run;
}

Outcome explore(System& system, const ExploreOptions& options, const Limits& limits, Graph* keep) {
  Graph own(system);
  Graph& graph = keep ? *keep : own;
  Search search(system, options, limits, graph);
  search.run();
  return search.finish();
}

}  // namespace luproof::checker
