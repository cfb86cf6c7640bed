// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/question.h"

#include <algorithm>
#include <cstdlib>

#include "checker/stopped.h"

namespace luproof::checker::proof {

using bits::Lit;

Lit Question::load(Lit lit) {
  if (lit == bits::kTrue || lit == bits::kFalse) return lit;
  std::vector<Lit> open = {std::abs(lit)};
  constexpr unsigned kTurns = 4096;  // between two looks
  for (unsigned turn = 1; !open.empty(); ++turn) {
    if (turn % kTurns == 0) end_at(limits_);
    const Lit node = open.back();
    if (node == bits::kTrue || loaded_.count(node)) {
      open.pop_back();
      continue;
    }
    if (!step_.aig().is_gate(node)) {
      open.pop_back();
      load_slot(step_.slot_of(node));
      continue;
    }
    const auto& gate = step_.aig()[node];
    const auto ready = [&](Lit kid) {
      return std::abs(kid) == bits::kTrue || loaded_.count(std::abs(kid));
    };
    if (!ready(gate.a) || !ready(gate.b)) {
      if (!ready(gate.a)) open.push_back(std::abs(gate.a));
      if (!ready(gate.b)) open.push_back(std::abs(gate.b));
      continue;
    }
    open.pop_back();
    loaded_[node] = solver_.all({load(gate.a), load(gate.b)});
  }
  const Lit inner = loaded_.at(std::abs(lit));
  return lit < 0 ? -inner : inner;
}

// All of its bits, and that it is in the box.
void Question::load_slot(int slot) {
  for (const Lit bit : step_.word(slot))
    if (bit > bits::kTrue && !loaded_.count(bit)) loaded_[bit] = solver_.fresh_choice();
  solver_.clause({load(step_.in_box(slot))});
}

std::optional<Value> Question::value(int slot) const {
  const bits::Word& word = step_.word(slot);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bits::kWidest; ++i) {
    const Lit lit = bits::bit(word, i);
    const auto at = loaded_.find(lit);
    if (lit != bits::kTrue && lit != bits::kFalse && at == loaded_.end()) return std::nullopt;
    if (lit == bits::kTrue || (at != loaded_.end() && solver_.value(at->second))) value |= 1u << i;
  }
  return static_cast<Value>(value);
}

// None of its atoms is true of what is loaded, and it speaks of something that is.
bool Question::violated(const Clause& clause) const {
  bool speaks = false;
  for (const Atom& atom : clause) {
    const auto has = value(atom.slot);
    if (!has) continue;
    if (std::binary_search(atom.values.begin(), atom.values.end(), *has)) return false;
    speaks = true;
  }
  return speaks || clause.empty();
}

void Question::assume(int clause) {
  const Lit on = solver_.fresh();
  const Lit body = load(step_.before(clauses_[clause]));
  solver_.clause({-on, body});
  assumed_[clause] = on;
}

std::vector<int> Question::core() const {
  std::vector<int> result;
  for (const auto& [k, lit] : assumed_)
    if (std::find(solver_.core().begin(), solver_.core().end(), lit) != solver_.core().end())
      result.push_back(k);
  return result;
}

}  // namespace luproof::checker::proof
