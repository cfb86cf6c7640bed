// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/lasso.h"

#include <algorithm>
#include <unordered_map>

#include "checker/explorer/path.h"
#include "checker/explorer/staying.h"
#include "checker/lasso.h"

namespace luproof::checker {
namespace {

class Walk {
 public:
  Walk(const System& system, const Graph& graph, const std::vector<char>& in, std::uint32_t node)
      : s_(system), g_(graph), in_(in), at_(node) {
    for (const std::uint32_t n : path_to(graph, node)) enter(n, g_.nodes[n].transition);
  }

  Run run() {
    const auto parts = parts_to_stay_in(s_, g_, in_, false);
    std::vector<char> stays(g_.nodes.size(), 0);
    for (const auto& part : parts)
      for (const std::uint32_t n : part) stays[n] = 1;
    const auto stays_at = [&](std::uint32_t n) { return stays[n] != 0; };
    if (!stays_at(at_)) go(in_, [&](std::uint64_t e) { return stays_at(g_.edge_to[e]); });
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const auto& nodes) {
      return std::find(nodes.begin(), nodes.end(), at_) != nodes.end();
    });
    const std::size_t loop = steps_;
    const bool again = part != parts.end() && round(*part);
    Run all = run_along(s_, way_, -1);
    if (again) all.loop = static_cast<int>(loop);
    return all;
  }

 private:
  // Until every fair actor has moved or was unable to, and back; false: nobody has to begin.
  bool round(const std::vector<std::uint32_t>& part) {
    std::vector<char> inside(g_.nodes.size(), 0);
    for (const std::uint32_t n : part) inside[n] = 1;
    std::vector<char> wanted(s_.layout->instances().size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      wanted[i] = weakly_fair(*s_.model, *s_.layout, static_cast<int>(i));
    const auto rest = [&] {
      const std::vector<char> may = able(s_, g_, at_);
      for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = wanted[i] && may[i];
      return std::find(wanted.begin(), wanted.end(), 1) == wanted.end();
    };
    const auto unable = [&](std::uint32_t n) {
      const std::vector<char> may = able(s_, g_, n);
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (wanted[i] && !may[i]) return true;
      return false;
    };
    const std::uint32_t first = at_;
    if (rest()) return false;
    while (!rest()) {
      const std::int64_t last = go(inside, [&](std::uint64_t e) {
        const int i = s_.transitions[g_.edge_by[e]].instance;
        return (i >= 0 && wanted[static_cast<std::size_t>(i)]) || unable(g_.edge_to[e]);
      });
      if (last < 0) return false;
      if (const int i = s_.transitions[g_.edge_by[static_cast<std::size_t>(last)]].instance; i >= 0)
        wanted[static_cast<std::size_t>(i)] = 0;
    }
    return at_ == first || go(inside, [&](std::uint64_t e) { return g_.edge_to[e] == first; }) >= 0;
  }

  // Along the nearest edge of those that are wanted, by edges that stay in the marked states; its
  // number, or -1.
  template <typename Wanted>
  std::int64_t go(const std::vector<char>& inside, const Wanted& wanted) {
    std::unordered_map<std::uint32_t, std::pair<std::uint32_t, std::uint64_t>> came;  // from, edge
    std::vector<std::uint32_t> open = {at_};
    for (std::size_t i = 0; i < open.size(); ++i) {
      const std::uint32_t from = open[i];
      for (std::uint64_t e = g_.range[from].first; e < g_.range[from].second; ++e) {
        const std::uint32_t to = g_.edge_to[e];
        if (!inside[to]) continue;
        if (wanted(e)) {
          std::vector<std::uint64_t> edges = {e};
          for (std::uint32_t n = from; n != at_; n = came.at(n).first)
            edges.push_back(came.at(n).second);
          for (std::size_t k = edges.size(); k-- > 0;)
            enter(g_.edge_to[edges[k]], static_cast<std::int32_t>(g_.edge_by[edges[k]]));
          return static_cast<std::int64_t>(e);
        }
        if (to != at_ && came.try_emplace(to, from, e).second) open.push_back(to);
      }
    }
    return -1;
  }

  void enter(std::uint32_t node, std::int32_t by) {
    if (!way_.states.empty()) {
      way_.by.push_back(by);
      steps_ += s_.transitions[static_cast<std::size_t>(by)].labels.size();
    }
    way_.states.emplace_back();
    g_.store.unpack(node, way_.states.back());
    at_ = node;
  }

  const System& s_;
  const Graph& g_;
  const std::vector<char>& in_;
  std::uint32_t at_;
  Way way_;
  std::size_t steps_ = 0;  // of the interpreter: those of a fused transition are several
};

}  // namespace

Run lasso_from(const System& system, const Graph& graph, const std::vector<char>& in,
               std::uint32_t node) {
  return Walk(system, graph, in, node).run();
}

}  // namespace luproof::checker
