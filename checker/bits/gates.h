// SPDX-License-Identifier: GPL-2.0-or-later
// Gates as clauses, in both directions: what a gate reads decides it. Equal gates are one literal,
// and what is constant is no gate.
#pragma once

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "checker/bits/words.h"

namespace luproof::checker::bits {

// The base class of a solver that has fresh() and clause(vector<Lit>).
template <typename Solver>
class Gates {
 public:
  Lit all(std::vector<Lit> kids) {
    std::sort(kids.begin(), kids.end());
    kids.erase(std::unique(kids.begin(), kids.end()), kids.end());
    std::erase(kids, kTrue);
    for (const Lit kid : kids)
      if (kid == kFalse || (kid < 0 && std::binary_search(kids.begin(), kids.end(), -kid)))
        return kFalse;
    if (kids.empty()) return kTrue;
    if (kids.size() == 1) return kids[0];
    const auto [at, added] = gates_.emplace(kids, 0);
    if (!added) return at->second;
    const Lit gate = self().fresh();
    at->second = gate;
    std::vector<Lit> back = {gate};
    for (const Lit kid : kids) {
      self().clause({-gate, kid});
      back.push_back(-kid);
    }
    self().clause(std::move(back));
    return gate;
  }

  Lit any(std::vector<Lit> kids) {
    for (Lit& kid : kids) kid = -kid;
    return -all(std::move(kids));
  }

  Lit same(Lit a, Lit b) {
    if (a < 0) return -same(-a, b);
    if (b < 0) return -same(a, -b);
    if (a == b) return kTrue;
    if (a == kTrue) return b;
    if (b == kTrue) return a;
    if (a > b) std::swap(a, b);
    const auto [at, added] = sames_.emplace(std::pair(a, b), 0);
    if (!added) return at->second;
    const Lit gate = self().fresh();
    at->second = gate;
    self().clause({-gate, -a, b});
    self().clause({-gate, a, -b});
    self().clause({gate, a, b});
    self().clause({gate, -a, -b});
    return gate;
  }

  Lit choose(Lit condition, Lit then, Lit otherwise) {
    if (condition == kTrue || then == otherwise) return then;
    if (condition == kFalse) return otherwise;
    if (condition < 0) return choose(-condition, otherwise, then);
    if (then == -otherwise) return same(condition, then);
    if (then == kTrue || then == condition) return any({condition, otherwise});
    if (then == kFalse || then == -condition) return all({-condition, otherwise});
    if (otherwise == kTrue || otherwise == -condition) return any({-condition, then});
    if (otherwise == kFalse || otherwise == condition) return all({condition, then});
    const auto [at, added] = choices_.emplace(std::vector<Lit>{condition, then, otherwise}, 0);
    if (!added) return at->second;
    const Lit gate = self().fresh();
    at->second = gate;
    self().clause({-condition, -then, gate});
    self().clause({-condition, then, -gate});
    self().clause({condition, -otherwise, gate});
    self().clause({condition, otherwise, -gate});
    return gate;
  }

  std::size_t gates() const { return gates_.size() + choices_.size() + sames_.size(); }

 private:
  Solver& self() { return static_cast<Solver&>(*this); }

  std::map<std::vector<Lit>, Lit> gates_, choices_;  // gates_: conjunctions
  std::map<std::pair<Lit, Lit>, Lit> sames_;         // of positive literals
};

}  // namespace luproof::checker::bits
