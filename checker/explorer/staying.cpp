// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/staying.h"

#include <algorithm>

#include "checker/lasso.h"

namespace luproof::checker {
namespace {

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

bool may_stay(const System& s, const Graph& g, const std::vector<std::uint32_t>& part,
              const std::vector<char>& in_part, bool all_fair) {
  const std::size_t instances = s.layout->instances().size();
  std::vector<char> moves(instances, 0), rests(instances, 0);
  bool inner = false;
  for (const std::uint32_t n : part) {
    const std::vector<char> may = able(s, g, n);
    for (std::uint64_t e = g.range[n].first; e < g.range[n].second; ++e) {
      if (!in_part[g.edge_to[e]]) continue;
      inner = true;
      const int i = s.transitions[g.edge_by[e]].instance;
      if (i >= 0) moves[static_cast<std::size_t>(i)] = 1;
    }
    for (std::size_t i = 0; i < instances; ++i)
      if (!may[i]) rests[i] = 1;
  }
  for (std::size_t i = 0; i < instances; ++i)
    if ((all_fair || weakly_fair(*s.model, *s.layout, static_cast<int>(i))) && !moves[i] &&
        !rests[i])
      return false;
  return inner || part.size() == 1;
}

}  // namespace

Backward::Backward(const Graph& g) : first(g.nodes.size() + 1, 0) {
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

std::vector<char> able(const System& s, const Graph& g, std::uint32_t node) {
  std::vector<char> may(s.layout->instances().size(), 0);
  for (std::uint64_t e = g.range[node].first; e < g.range[node].second; ++e)
    if (const int i = s.transitions[g.edge_by[e]].instance; i >= 0)
      may[static_cast<std::size_t>(i)] = 1;
  return may;
}

std::vector<std::vector<std::uint32_t>> parts_to_stay_in(const System& s, const Graph& g,
                                                         const std::vector<char>& in,
                                                         bool all_fair) {
  std::vector<std::vector<std::uint32_t>> parts = components(g, in);
  std::vector<char> in_part(g.nodes.size(), 0);
  std::erase_if(parts, [&](const std::vector<std::uint32_t>& part) {
    for (const std::uint32_t n : part) in_part[n] = 1;
    const bool stays = may_stay(s, g, part, in_part, all_fair);
    for (const std::uint32_t n : part) in_part[n] = 0;
    return !stays;
  });
  return parts;
}

std::vector<char> may_stay_within(const System& s, const Graph& g, const std::vector<char>& in,
                                  bool all_fair) {
  std::vector<char> stays(g.nodes.size(), 0);
  for (const auto& part : parts_to_stay_in(s, g, in, all_fair))
    for (const std::uint32_t n : part) stays[n] = 1;
  Backward(g).close(stays, [&](std::uint32_t from, std::uint32_t) { return in[from] != 0; });
  return stays;
}

}  // namespace luproof::checker
