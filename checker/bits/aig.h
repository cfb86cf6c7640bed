// SPDX-License-Identifier: GPL-2.0-or-later
// An and-inverter graph: equal gates are one node, and what is constant is no gate.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/bits/words.h"

namespace luproof::checker::bits {

class Aig {
 public:
  Lit fresh();  // a variable: a bit of the state or of the input
  Lit both(Lit a, Lit b);
  Lit all(const std::vector<Lit>& kids);
  Lit any(std::vector<Lit> kids);
  Lit same(Lit a, Lit b);
  Lit choose(Lit condition, Lit then, Lit otherwise);

  // Node n is the literal n; node 0 is not used, node 1 is true. Kids come before their gates.
  struct Node {
    Lit a = 0, b = 0;  // 0: a variable, or the constant
  };
  std::size_t size() const { return nodes_.size(); }
  const Node& operator[](Lit node) const { return nodes_[node]; }
  bool is_gate(Lit node) const { return nodes_[node].a != 0; }

  // The value of every node; `values` holds those of the variables, by node.
  void evaluate(std::vector<char>& values) const;
  static bool value(const std::vector<char>& values, Lit lit) {
    return (values[static_cast<std::size_t>(lit < 0 ? -lit : lit)] != 0) == (lit > 0);
  }

 private:
  std::vector<Node> nodes_ = std::vector<Node>(2);
  std::unordered_map<std::uint64_t, Lit> gates_;
};

}  // namespace luproof::checker::bits
