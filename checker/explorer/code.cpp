// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/code.h"

namespace luproof::checker {

Code::Code(const Terms& terms, const std::vector<Term>& roots) {
  std::unordered_map<Term, std::int32_t> place;
  std::vector<std::pair<Term, bool>> stack;
  for (const Term root : roots) {
    stack.emplace_back(root, false);
    while (!stack.empty()) {
      const auto [t, ready] = stack.back();
      stack.pop_back();
      if (place.count(t)) continue;
      const TermNode& n = terms[t];
      if (!ready && n.op != TermOp::Const && n.op != TermOp::Slot) {
        stack.emplace_back(t, true);
        for (const Term kid : {n.a, n.b, n.c})
          if (kid >= 0) stack.emplace_back(kid, false);
        continue;
      }
      Instruction i{n.op, n.value, 0, 0};
      if (n.op != TermOp::Const && n.op != TermOp::Slot) {
        i.a = place.at(n.a);
        i.b = n.b < 0 ? n.value : place.at(n.b);
        i.c = n.c < 0 ? 0 : place.at(n.c);
      }
      place[t] = static_cast<std::int32_t>(instructions_.size());
      instructions_.push_back(i);
    }
    roots_.push_back(place.at(root));
  }
}

void Code::run(const State& state, std::vector<Value>& registers) const {
  if (registers.size() < instructions_.size()) registers.resize(instructions_.size());
  Value* r = registers.data();
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    const Instruction& n = instructions_[i];
    switch (n.op) {
      case TermOp::Const:
        r[i] = n.a;
        break;
      case TermOp::Slot:
        r[i] = state[n.a];
        break;
      case TermOp::Not:
        r[i] = !r[n.a];
        break;
      case TermOp::And:
        r[i] = r[n.a] & r[n.b];
        break;
      case TermOp::Or:
        r[i] = r[n.a] | r[n.b];
        break;
      case TermOp::Eq:
        r[i] = r[n.a] == r[n.b];
        break;
      case TermOp::Lt:
        r[i] = r[n.a] < r[n.b];
        break;
      case TermOp::Add:
        r[i] = r[n.a] + r[n.b];
        break;
      case TermOp::Sub:
        r[i] = r[n.a] - r[n.b];
        break;
      case TermOp::Mul:
        r[i] = r[n.a] * r[n.b];
        break;
      case TermOp::Ite:
        r[i] = r[n.a] ? r[n.b] : r[n.c];
        break;
      case TermOp::Shift:
        r[i] = r[n.a] >> n.b;
        break;
    }
  }
}

}  // namespace luproof::checker
