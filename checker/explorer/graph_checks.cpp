// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/graph_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/explorer/lasso.h"
#include "checker/explorer/staying.h"

namespace luproof::checker {

namespace {

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

bool waits_inside(const Program& program) {
  return std::any_of(program.points.begin(), program.points.end(),
                     [](const Point& p) { return p.waits && p.inside; });
}

}  // namespace

bool waits_inside(const System& system) {
  return std::any_of(system.programs.begin(), system.programs.end(),
                     [](const Program& program) { return waits_inside(program); });
}

void decide_on_graph(System& s, const Graph& g, const model::Property& property, Term from, Term to,
                     bool complete, bool exact, Finding& finding, const RunTo& run_to) {
  const std::vector<char> goal = where(s, g, to);
  std::vector<char> start = from >= 0 ? where(s, g, from) : std::vector<char>(g.nodes.size(), 1);
  if (!complete) {
    finding.verdict = Verdict::Unknown;
    return;
  }
  std::vector<char> avoid(g.nodes.size(), 0);
  if (property.kind == model::PropertyKind::Recoverable) {
    std::vector<char> can = goal;
    // A run that a built-in violation ends is that violation's business, not a second one.
    for (std::size_t n = 0; n < can.size(); ++n) can[n] = can[n] || g.nodes[n].faults;
    Backward(g).close(can, [&](std::uint32_t, std::uint32_t by) {
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
    for (std::size_t n = 0; n < avoid.size(); ++n) avoid[n] = !goal[n];
    const std::vector<char> trapped = may_stay_within(s, g, avoid, false);
    for (std::size_t n = 0; n < start.size(); ++n) start[n] = start[n] && trapped[n];
  }
  const std::int64_t worst = nearest(g, start);
  finding.verdict = worst < 0 ? Verdict::Holds : Verdict::Violated;
  if (worst < 0) return;
  const auto node = static_cast<std::uint32_t>(worst);
  if (property.kind == model::PropertyKind::Recoverable)
    finding.run = run_to(node);
  else if (exact)
    finding.run = lasso_from(s, g, avoid, node);
  else
    finding.reason = "its loop is not shown: states that differ by an exchange were one";
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
    backward.close(free, [&](std::uint32_t, std::uint32_t by) { return !s.transitions[by].kexec; });
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
