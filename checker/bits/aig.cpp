// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/bits/aig.h"

namespace luproof::checker::bits {

Lit Aig::fresh() {
  nodes_.emplace_back();
  return static_cast<Lit>(nodes_.size()) - 1;
}

Lit Aig::both(Lit a, Lit b) {
  if (a == kFalse || b == kFalse || a == -b) return kFalse;
  if (a == kTrue || a == b) return b;
  if (b == kTrue) return a;
  if (a > b) std::swap(a, b);
  const std::uint64_t key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 |
                            static_cast<std::uint32_t>(b);
  const auto [at, added] = gates_.emplace(key, 0);
  if (!added) return at->second;
  nodes_.push_back({a, b});
  return at->second = static_cast<Lit>(nodes_.size()) - 1;
}

// Balanced, so that the graph stays shallow.
Lit Aig::all(const std::vector<Lit>& kids) {
  std::vector<Lit> level = kids;
  if (level.empty()) return kTrue;
  while (level.size() > 1) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < level.size(); i += 2)
      level[n++] = i + 1 < level.size() ? both(level[i], level[i + 1]) : level[i];
    level.resize(n);
  }
  return level[0];
}

Lit Aig::any(std::vector<Lit> kids) {
  for (Lit& kid : kids) kid = -kid;
  return -all(kids);
}

Lit Aig::same(Lit a, Lit b) {
  if (a == b) return kTrue;
  if (a == -b) return kFalse;
  return both(-both(a, -b), -both(-a, b));
}

Lit Aig::choose(Lit condition, Lit then, Lit otherwise) {
  if (then == otherwise) return then;
  return -both(-both(condition, then), -both(-condition, otherwise));
}

void Aig::evaluate(std::vector<char>& values) const {
  values.resize(nodes_.size(), 0);
  values[1] = 1;
  for (std::size_t n = 2; n < nodes_.size(); ++n)
    if (nodes_[n].a != 0) values[n] = value(values, nodes_[n].a) && value(values, nodes_[n].b);
}

}  // namespace luproof::checker::bits
