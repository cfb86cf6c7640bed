// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ask/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>

#include "checker/ask/span.h"

namespace luproof::checker::ask {
namespace {

using Want = model::Criterion::Want;

constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();

class Walker {
 public:
  explicit Walker(const Span& span) : s_(span), ends_(span.nodes.size(), 0) { mark(); }

  void measure(Measured& m) {
    m.begins = !s_.entries.empty();
    for (const Span::Entry& entry : s_.entries) {
      m.ends = m.ends || ends_[entry.node];
      m.may_never = m.may_never || !ends_[entry.node];
    }
    for (std::uint32_t n = 0; n < ends_.size(); ++n) m.may_never = m.may_never || !ends_[n];
    if (!m.ends) return;
    shortest(m);
    components();
    longest(m);
  }

  Way most() const;
  Way fewest() const;
  Way lost() const;

 private:
  const std::vector<Span::Edge>& edges(std::uint32_t n) const { return s_.nodes[n].edges; }
  void mark();
  void shortest(Measured& m);
  void components();
  void longest(Measured& m);
  void along(Way& way, std::uint32_t& node, const Span::Edge& edge) const;
  void loop(Way& way, std::uint32_t node) const;
  bool inside(std::uint32_t n, const Span::Edge& e) const {
    return ends_[e.to] && component_[e.to] == component_[n];
  }
  template <typename May, typename Good>
  std::vector<const Span::Edge*> nearest(std::uint32_t from, const May& may,
                                         const Good& good) const;

  const Span& s_;
  std::vector<char> ends_;              // of a node: the end can be reached from it
  std::vector<std::int64_t> least_;     // to the end
  std::vector<std::int64_t> greatest_;  // likewise; of a component without a bound kFar
  std::vector<std::uint32_t> component_;
  std::vector<std::vector<std::uint32_t>> members_;  // of components, those behind first
};

// Backwards from the end.
void Walker::mark() {
  std::vector<std::vector<std::uint32_t>> into(s_.nodes.size());
  for (std::uint32_t n = 0; n < s_.nodes.size(); ++n)
    for (const Span::Edge& e : edges(n)) into[e.to].push_back(n);
  std::vector<std::uint32_t> queue = {Span::kEnd};
  ends_[Span::kEnd] = 1;
  for (std::size_t i = 0; i < queue.size(); ++i)
    for (const std::uint32_t n : into[queue[i]])
      if (!ends_[n]) {
        ends_[n] = 1;
        queue.push_back(n);
      }
}

void Walker::shortest(Measured& m) {
  std::vector<std::vector<std::pair<std::uint32_t, std::int64_t>>> into(s_.nodes.size());
  for (std::uint32_t n = 0; n < s_.nodes.size(); ++n)
    for (const Span::Edge& e : edges(n)) into[e.to].emplace_back(n, e.weight);
  least_.assign(s_.nodes.size(), kFar);
  using Item = std::pair<std::int64_t, std::uint32_t>;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
  queue.emplace(0, Span::kEnd);
  least_[Span::kEnd] = 0;
  while (!queue.empty()) {
    const auto [distance, node] = queue.top();
    queue.pop();
    if (distance > least_[node]) continue;
    for (const auto& [from, weight] : into[node])
      if (distance + weight < least_[from]) {
        least_[from] = distance + weight;
        queue.emplace(least_[from], from);
      }
  }
  m.fewest = kFar;
  for (const Span::Entry& e : s_.entries)
    if (ends_[e.node]) m.fewest = std::min(m.fewest, e.head + least_[e.node]);
}

// Tarjan's, without recursion; only nodes from which the end can be reached.
void Walker::components() {
  const auto count = s_.nodes.size();
  std::vector<std::uint32_t> index(count, kNobody), low(count, 0), stack;
  std::vector<char> on_stack(count, 0);
  std::vector<std::pair<std::uint32_t, std::size_t>> calls;
  component_.assign(count, kNobody);
  std::uint32_t next = 0;
  for (std::uint32_t root = 0; root < count; ++root) {
    if (!ends_[root] || index[root] != kNobody) continue;
    calls.emplace_back(root, 0);
    while (!calls.empty()) {
      auto& [n, e] = calls.back();
      if (e == 0) {
        index[n] = low[n] = next++;
        stack.push_back(n);
        on_stack[n] = 1;
      }
      if (e < edges(n).size()) {
        const std::uint32_t to = edges(n)[e++].to;
        if (!ends_[to]) continue;
        if (index[to] == kNobody)
          calls.emplace_back(to, 0);
        else if (on_stack[to])
          low[n] = std::min(low[n], index[to]);
        continue;
      }
      const std::uint32_t done = n;
      if (low[done] == index[done]) {
        members_.emplace_back();
        std::uint32_t member = kNobody;
        do {
          member = stack.back();
          stack.pop_back();
          on_stack[member] = 0;
          component_[member] = static_cast<std::uint32_t>(members_.size() - 1);
          members_.back().push_back(member);
        } while (member != done);
      }
      calls.pop_back();
      if (!calls.empty()) {
        const std::uint32_t caller = calls.back().first;
        low[caller] = std::min(low[caller], low[done]);
      }
    }
  }
}

void Walker::longest(Measured& m) {
  greatest_.assign(s_.nodes.size(), -1);
  for (std::size_t c = 0; c < members_.size(); ++c) {
    std::int64_t best = component_[Span::kEnd] == c ? 0 : -1;
    for (const std::uint32_t n : members_[c])
      for (const Span::Edge& e : edges(n)) {
        if (!ends_[e.to]) continue;
        if (component_[e.to] != c)
          best = std::max(best, greatest_[e.to] == kFar ? kFar : e.weight + greatest_[e.to]);
        else if (e.weight > 0)
          best = kFar;
      }
    for (const std::uint32_t n : members_[c]) greatest_[n] = best;
  }
  for (const Span::Entry& e : s_.entries) {
    if (!ends_[e.node]) continue;
    if (greatest_[e.node] == kFar)
      m.unbounded = true;
    else
      m.most = std::max(m.most, e.head + greatest_[e.node]);
  }
}

void Walker::along(Way& way, std::uint32_t& node, const Span::Edge& edge) const {
  if (edge.by != kNobody)
    s_.go(way, edge.by,
          edge.to == Span::kEnd ? s_.next(s_.nodes[node].state, edge.by) : s_.nodes[edge.to].state);
  node = edge.to;
}

// The edges of a shortest way, over those that may be taken, to one that is good and with it.
template <typename May, typename Good>
std::vector<const Span::Edge*> Walker::nearest(std::uint32_t from, const May& may,
                                               const Good& good) const {
  std::map<std::uint32_t, std::pair<std::uint32_t, const Span::Edge*>> before;
  std::vector<std::uint32_t> queue = {from};
  before[from] = {kNobody, nullptr};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::uint32_t n = queue[i];
    for (const Span::Edge& e : edges(n)) {
      if (good(n, e)) {
        std::vector<const Span::Edge*> path = {&e};
        for (std::uint32_t at = n; before[at].second; at = before[at].first)
          path.push_back(before[at].second);
        std::reverse(path.begin(), path.end());
        return path;
      }
      if (may(n, e) && before.try_emplace(e.to, n, &e).second) queue.push_back(e.to);
    }
  }
  return {};
}

// Once around a circle that adds something.
void Walker::loop(Way& way, std::uint32_t node) const {
  const auto stays = [&](std::uint32_t n, const Span::Edge& e) { return inside(n, e); };
  for (std::uint32_t at = node;;) {
    auto path = nearest(at, stays, [&](std::uint32_t n, const Span::Edge& e) {
      return e.weight > 0 && inside(n, e);
    });
    const bool found = !path.empty();
    if (!found)
      path = nearest(at, stays, [&](std::uint32_t n, const Span::Edge& e) {
        return ends_[e.to] && greatest_[e.to] == kFar && !inside(n, e);
      });
    for (const Span::Edge* e : path) along(way, at, *e);
    if (found || path.empty()) return;
  }
}

Way Walker::most() const {
  const Span::Entry* best = nullptr;
  const auto total = [&](const Span::Entry& e) {
    return greatest_[e.node] == kFar ? kFar : e.head + greatest_[e.node];
  };
  for (const Span::Entry& e : s_.entries)
    if (ends_[e.node] && (!best || total(e) > total(*best))) best = &e;
  if (!best) return {};
  Way way = s_.way_to(*best);
  std::uint32_t at = best->node;
  if (greatest_[at] == kFar) {
    loop(way, at);
    return way;
  }
  while (at != Span::kEnd)
    for (const Span::Edge* e : nearest(
             at, [&](std::uint32_t n, const Span::Edge&edge) { return inside(n, edge); },
             [&](std::uint32_t n, const Span::Edge&edge) {
               return ends_[edge.to] && !inside(n, edge) &&
                      edge.weight + greatest_[edge.to] == greatest_[n];
             }))
      along(way, at, *e);
  return way;
}

Way Walker::fewest() const {
  const Span::Entry* best = nullptr;
  const auto total = [&](const Span::Entry& e) { return e.head + least_[e.node]; };
  for (const Span::Entry& e : s_.entries)
    if (ends_[e.node] && (!best || total(e) < total(*best))) best = &e;
  if (!best) return {};
  Way way = s_.way_to(*best);
  const auto leads = [&](std::uint32_t n, const Span::Edge& e) {
    return ends_[e.to] && e.weight + least_[e.to] == least_[n];
  };
  // Edges that add nothing may go round in circles.
  for (std::uint32_t at = best->node; at != Span::kEnd;)
    for (const Span::Edge* e : nearest(
             at,
             [&](std::uint32_t n, const Span::Edge&edge) {
               return edge.weight == 0 && leads(n, edge);
             },
             [&](std::uint32_t n, const Span::Edge&edge) {
               return (edge.weight > 0 || edge.to == Span::kEnd) && leads(n, edge);
             }))
      along(way, at, *e);
  return way;
}

// The nearest state from which the end cannot be reached.
Way Walker::lost() const {
  Way best;
  for (const Span::Entry& e : s_.entries) {
    std::vector<const Span::Edge*> path;
    if (ends_[e.node]) {
      path = nearest(
          e.node, [](std::uint32_t, const Span::Edge&) { return true; },
          [&](std::uint32_t, const Span::Edge& edge) { return !ends_[edge.to]; });
      if (path.empty()) continue;
    }
    Way way = s_.way_to(e);
    if (!best.states.empty() && way.states.size() + path.size() >= best.states.size()) continue;
    std::uint32_t at = e.node;
    for (const Span::Edge* edge : path) along(way, at, *edge);
    best = std::move(way);
  }
  return best;
}

}  // namespace

std::string Measured::text() const {
  if (!unknown.empty()) return "?";
  if (!begins) return "-";
  if (!ends) return "never";
  std::string text = fmt::format("{}", fewest);
  if (unbounded)
    text += "..unbounded";
  else if (most > fewest)
    text += fmt::format("..{}", most);
  return may_never ? text + " or never" : text;
}

bool Measured::operator==(const Measured& other) const { return text() == other.text(); }

Measured measure(const Explored& explored, const model::Criterion& criterion,
                 model::Diagnostics& diagnostics) {
  Measured m;
  const int before = diagnostics.errors();
  Steps steps(*explored.system, criterion, diagnostics);
  if (diagnostics.errors() > before) return m;
  const Span span(explored, criterion, steps);
  Walker walker(span);
  walker.measure(m);
  if (!m.begins) return m;
  const bool fewest = criterion.want == Want::More && !m.may_never;
  const Way way = m.may_never ? walker.lost() : fewest ? walker.fewest() : walker.most();
  if (!way.states.empty()) m.worst = run_along(*explored.system, way, -1);
  return m;
}

std::optional<bool> as_good(const Measured& a, const Measured& b, Want want) {
  if (!a.unknown.empty() || !b.unknown.empty() || a.begins != b.begins) return std::nullopt;
  if (want == Want::Neither || !a.begins) return true;
  if (a.may_never && !b.may_never) return false;
  if (a.ends != b.ends) return a.ends;
  if (!a.ends) return true;
  if (want == Want::More)
    return a.fewest >= b.fewest && (a.unbounded || (!b.unbounded && a.most >= b.most));
  return a.fewest <= b.fewest && (b.unbounded || (!a.unbounded && a.most <= b.most));
}

}  // namespace luproof::checker::ask
