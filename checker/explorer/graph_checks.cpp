// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/graph_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::checker {

namespace {

// Edges turned round, so that "can reach" is one sweep.
struct Backward {
  explicit Backward(const Graph& graph) : g(graph), first(graph.nodes.size() + 1, 0) {
    for (const std::uint32_t to : g.edge_to) ++first[to + 1];
    for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
    from.resize(g.edge_to.size());
    by.resize(g.edge_to.size());
    std::vector<std::uint64_t> fill(first.begin(), first.end() - 1);
    for (std::uint32_t n = 0; n < g.nodes.size(); ++n)
      for (std::uint64_t e = g.range[n].first; e < g.range[n].second; ++e) {
        const std::uint64_t at = fill[g.edge_to[e]]++;
        from[at] = n;
        by[at] = g.edge_by[e];
      }
  }
  // Adds to `reached` all states with a path of admitted transitions into it.
  template <typename Admit>
  void close(std::vector<char>& reached, const Admit& admit) const {
    std::vector<std::uint32_t> open;
    for (std::uint32_t n = 0; n < reached.size(); ++n)
      if (reached[n]) open.push_back(n);
    while (!open.empty()) {
      const std::uint32_t n = open.back();
      open.pop_back();
      for (std::uint64_t e = first[n]; e < first[n + 1]; ++e)
        if (!reached[from[e]] && admit(by[e])) {
          reached[from[e]] = 1;
          open.push_back(from[e]);
        }
    }
  }
  const Graph& g;
  std::vector<std::uint64_t> first;
  std::vector<std::uint32_t> from, by;
};

std::vector<char> where(const System& s, const Graph& g, Term term) {
  std::vector<char> marks(g.nodes.size(), 0);
  const Code code(s.terms, {term});
  std::vector<Value> registers;
  State state;
  for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
    g.store.unpack(n, state);
    code.run(state, registers);
    marks[n] = code.at(0, registers) != 0;
  }
  return marks;
}

// The nearest of the marked states.
std::int64_t nearest(const Graph& g, const std::vector<char>& marks) {
  std::int64_t best = -1;
  for (std::uint32_t n = 0; n < g.nodes.size(); ++n)
    if (marks[n] && (best < 0 || std::pair(g.nodes[n].weight, g.nodes[n].length) <
                                     std::pair(g.nodes[best].weight, g.nodes[best].length)))
      best = n;
  return best;
}

// Strongly connected parts of the marked subgraph, by Tarjan's algorithm without recursion.
std::vector<std::vector<std::uint32_t>> components(const Graph& g, const std::vector<char>& in) {
  std::vector<std::vector<std::uint32_t>> result;
  const std::size_t n = g.nodes.size();
  std::vector<std::uint32_t> index(n, 0), low(n, 0), stack;
  std::vector<char> on(n, 0);
  std::uint32_t next = 1;
  for (std::uint32_t root = 0; root < n; ++root) {
    if (!in[root] || index[root]) continue;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> calls = {{root, g.range[root].first}};
    while (!calls.empty()) {
      auto& [v, e] = calls.back();
      if (!index[v]) {
        index[v] = low[v] = next++;
        stack.push_back(v);
        on[v] = 1;
      }
      if (e < g.range[v].second) {
        const std::uint32_t w = g.edge_to[e++];
        if (!in[w]) continue;
        if (!index[w])
          calls.emplace_back(w, g.range[w].first);
        else if (on[w])
          low[v] = std::min(low[v], index[w]);
        continue;
      }
      const std::uint32_t done = v;
      calls.pop_back();
      if (!calls.empty()) low[calls.back().first] = std::min(low[calls.back().first], low[done]);
      if (low[done] != index[done]) continue;
      result.emplace_back();
      std::uint32_t w = 0;
      do {
        w = stack.back();
        stack.pop_back();
        on[w] = 0;
        result.back().push_back(w);
      } while (w != done);
    }
  }
  return result;
}

bool fair(const System& s, int instance) {
  const model::Life life = s.model->actors[s.layout->instances()[instance].actor].life;
  return life == model::Life::Kernel || life == model::Life::Hardware;
}

// A part in which a run may stay for ever under weak fairness: every fair actor moves in it, or is
// somewhere in it unable to.
bool may_stay(const System& s, const Graph& g, const std::vector<std::uint32_t>& part,
              const std::vector<char>& in_part, bool all_fair) {
  const std::size_t instances = s.layout->instances().size();
  std::vector<char> moves(instances, 0), rests(instances, 0);
  bool inner = false;
  for (const std::uint32_t n : part) {
    std::vector<char> enabled(instances, 0);
    for (std::uint64_t e = g.range[n].first; e < g.range[n].second; ++e) {
      const int i = s.transitions[g.edge_by[e]].instance;
      if (i >= 0) enabled[i] = 1;
      if (!in_part[g.edge_to[e]]) continue;
      inner = true;
      if (i >= 0) moves[i] = 1;
    }
    for (std::size_t i = 0; i < instances; ++i)
      if (!enabled[i]) rests[i] = 1;
  }
  for (std::size_t i = 0; i < instances; ++i)
    if ((all_fair || fair(s, static_cast<int>(i))) && !moves[i] && !rests[i]) return false;
  return inner || part.size() == 1;
}

bool waits_inside(const Program& program) {
  return std::any_of(program.points.begin(), program.points.end(),
                     [](const Point& p) { return p.waits && p.inside; });
}

}  // namespace

bool waits_inside(const System& system) {
  return std::any_of(system.programs.begin(), system.programs.end(),
                     [](const Program& program) { return waits_inside(program); });
}

std::vector<char> may_stay_within(const System& s, const Graph& g, const std::vector<char>& in,
                                  bool all_fair) {
  std::vector<char> stays(g.nodes.size(), 0), in_part(g.nodes.size(), 0);
  for (const auto& part : components(g, in)) {
    for (const std::uint32_t n : part) in_part[n] = 1;
    if (may_stay(s, g, part, in_part, all_fair))
      for (const std::uint32_t n : part) stays[n] = 1;
    for (const std::uint32_t n : part) in_part[n] = 0;
  }
  const Backward backward(g);
  std::vector<std::uint32_t> open;
  for (std::uint32_t n = 0; n < stays.size(); ++n)
    if (stays[n]) open.push_back(n);
  while (!open.empty()) {
    const std::uint32_t n = open.back();
    open.pop_back();
    for (std::uint64_t e = backward.first[n]; e < backward.first[n + 1]; ++e) {
      const std::uint32_t before = backward.from[e];
      if (stays[before] || !in[before]) continue;
      stays[before] = 1;
      open.push_back(before);
    }
  }
  return stays;
}

void decide_on_graph(System& s, const Graph& g, const model::Property& property, Term from, Term to,
                     bool complete, Finding& finding, const RunTo& run_to) {
  const std::vector<char> goal = where(s, g, to);
  std::vector<char> start = from >= 0 ? where(s, g, from) : std::vector<char>(g.nodes.size(), 1);
  if (!complete) {
    finding.verdict = Verdict::Unknown;
    return;
  }
  if (property.kind == model::PropertyKind::Recoverable) {
    std::vector<char> can = goal;
    // A run that a built-in violation ends is that violation's business, not a second one.
    for (std::size_t n = 0; n < can.size(); ++n) can[n] = can[n] || g.nodes[n].faults;
    Backward(g).close(can, [&](std::uint32_t by) {
      const Transition& t = s.transitions[by];
      if (t.environment || (t.kexec && property.without_kexec)) return false;
      if (property.by.empty()) return true;
      return t.instance >= 0 &&
             std::find(property.by.begin(), property.by.end(),
                       s.layout->instances()[t.instance].actor) != property.by.end();
    });
    for (std::size_t n = 0; n < start.size(); ++n) start[n] = start[n] && !can[n];
  } else {
    // States from which a run may avoid the goal for ever.
    std::vector<char> avoid(g.nodes.size());
    for (std::size_t n = 0; n < avoid.size(); ++n) avoid[n] = !goal[n];
    const std::vector<char> trapped = may_stay_within(s, g, avoid, false);
    for (std::size_t n = 0; n < start.size(); ++n) start[n] = start[n] && trapped[n];
  }
  const std::int64_t worst = nearest(g, start);
  finding.verdict = worst < 0 ? Verdict::Holds : Verdict::Violated;
  if (worst >= 0) finding.run = run_to(static_cast<std::uint32_t>(worst));
}

Finding check_deadlock(System& s, const Graph& g, bool complete, const RunTo& run_to) {
  Finding finding;
  finding.property = "deadlock";
  finding.engine = "explorer";
  finding.verdict = complete ? Verdict::Holds : Verdict::Unknown;
  if (!complete) return finding;
  if (!waits_inside(s)) return finding;
  const int panicked = s.layout->find(model::Part::Panicked, -1)->base;
  const Backward backward(g);
  std::vector<char> jumps(g.nodes.size(),
                          0);  // a kexec is possible here, or would be in a longer run
  State state;
  for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
    for (std::uint64_t e = g.range[n].first; e < g.range[n].second && !jumps[n]; ++e)
      jumps[n] = s.transitions[g.edge_by[e]].kexec;
    g.store.unpack(n, state);
    for (std::size_t i = 0; i < s.point_slot.size() && !jumps[n]; ++i) {
      const Point& p = s.programs[s.layout->instances()[i].actor].points[state[s.point_slot[i]]];
      jumps[n] = p.stmt && p.stmt->kind == model::StmtKind::Kexec;
    }
  }
  for (std::size_t i = 0; i < s.point_slot.size(); ++i) {
    const Program& program = s.programs[s.layout->instances()[i].actor];
    if (!waits_inside(program)) continue;
    std::vector<char> free = jumps;
    bool any = false;
    for (std::uint32_t n = 0; n < g.nodes.size(); ++n) {
      g.store.unpack(n, state);
      const Point& p = program.points[state[s.point_slot[i]]];
      bool blocked = p.waits && p.inside && !state[panicked];
      for (std::uint64_t e = g.range[n].first; e < g.range[n].second && blocked; ++e)
        blocked = s.transitions[g.edge_by[e]].instance != static_cast<int>(i);
      if (!blocked) free[n] = 1;
      any = any || blocked;
    }
    if (!any) continue;
    backward.close(free, [&](std::uint32_t by) { return !s.transitions[by].kexec; });
    std::vector<char> stuck(g.nodes.size());
    for (std::size_t n = 0; n < stuck.size(); ++n) stuck[n] = !free[n];
    const std::int64_t first = nearest(g, stuck);
    if (first < 0) continue;
    if (finding.verdict == Verdict::Violated && finding.run->steps.size() <= g.nodes[first].length)
      continue;
    finding.verdict = Verdict::Violated;
    finding.run = run_to(static_cast<std::uint32_t>(first));
    finding.stuck = static_cast<int>(i);
    finding.reason = fmt::format("{} waits for ever", s.layout->instance_name(finding.stuck));
  }
  return finding;
}

}  // namespace luproof::checker
