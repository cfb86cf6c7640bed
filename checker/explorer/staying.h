// SPDX-License-Identifier: GPL-2.0-or-later
// Where a run may stay for ever, or end, and never leave a set of states.
#pragma once

#include "checker/explorer/explorer.h"

namespace luproof::checker {

// Edges turned round, so that "can reach" is one sweep.
struct Backward {
  explicit Backward(const Graph& graph);
  // Adds to `reached` all states with a path of admitted edges into it: admit(from, transition).
  template <typename Admit>
  void close(std::vector<char>& reached, const Admit& admit) const {
    std::vector<std::uint32_t> open;
    for (std::uint32_t n = 0; n < reached.size(); ++n)
      if (reached[n]) open.push_back(n);
    while (!open.empty()) {
      const std::uint32_t n = open.back();
      open.pop_back();
      for (std::uint64_t e = first[n]; e < first[n + 1]; ++e)
        if (!reached[from[e]] && admit(from[e], by[e])) {
          reached[from[e]] = 1;
          open.push_back(from[e]);
        }
    }
  }
  std::vector<std::uint64_t> first;
  std::vector<std::uint32_t> from, by;
};

// Per instance, whether it has a step that leads on.
std::vector<char> able(const System& system, const Graph& graph, std::uint32_t node);

// The strongly connected parts of `in` in which a run may stay for ever, or end: every fair actor
// moves in it, or is somewhere in it unable to. `all_fair`: userspace too.
std::vector<std::vector<std::uint32_t>> parts_to_stay_in(const System& system, const Graph& graph,
                                                         const std::vector<char>& in,
                                                         bool all_fair);
// The states of `in` from which a run may come to one of them within it.
std::vector<char> may_stay_within(const System& system, const Graph& graph,
                                  const std::vector<char>& in, bool all_fair);

}  // namespace luproof::checker
