// SPDX-License-Identifier: GPL-2.0-or-later
// AIGER, as plain as it was in version 1: latches begin at 0, an output is something bad.
//
// A latch that begins at 1 is kept inverted. Where there are several first states, a step is put
// before them that takes them from inputs, and nothing is bad behind a state that is none of them:
// every tool understands that, while few understand constraints and latches without a first value.
#include <fmt/format.h>

#include "checker/bits/relation.h"
#include "checker/export/export.h"

namespace luproof::checker::exporter {
namespace {

using bits::Aig;
using bits::Lit;
using bits::Relation;

// The bits that are the same in all first states.
std::vector<std::optional<bool>> bits_at_start(const Program& program, const Relation& relation) {
  std::vector<std::optional<bool>> first(relation.state.size());
  const std::vector<std::optional<Value>> certain = certain_at_start(*program.system);
  for (std::size_t s = 0; s < relation.slots.size(); ++s) {
    const bits::SlotBits& slot = relation.slots[s];
    if (!certain[s]) continue;
    const std::int64_t number = std::int64_t{*certain[s]} - slot.low;
    for (int i = 0; i < slot.width; ++i) first[slot.first + i] = (number >> i & 1) != 0;
  }
  return first;
}

class Circuit {
 public:
  explicit Circuit(const Program& program);
  std::string text(bool binary) const;

 private:
  struct Latch {
    unsigned next = 0;
    std::string name;
  };
  struct Gate {
    unsigned left = 0, high = 0, low = 0;
  };
  unsigned literal(Lit lit) const {
    return literals_[static_cast<std::size_t>(lit < 0 ? -lit : lit)] ^ (lit < 0 ? 1u : 0u);
  }
  unsigned both(unsigned a, unsigned b) {
    const unsigned left = 2 * ++variables_;
    gates_.push_back({left, std::max(a, b), std::min(a, b)});
    return left;
  }
  unsigned choose(unsigned condition, unsigned then, unsigned otherwise) {
    return both(both(condition, then) ^ 1, both(condition ^ 1, otherwise) ^ 1) ^ 1;
  }

  std::string shown_;
  unsigned variables_ = 0;
  std::size_t inputs_ = 0;
  std::vector<Latch> latches_;
  std::vector<Gate> gates_;
  std::vector<std::pair<unsigned, std::string>> outputs_;
  std::vector<unsigned> literals_;  // of the nodes of the relation
};

Circuit::Circuit(const Program& program) : shown_(program.shown) {
  Relation relation = bits::relation_of(*program.system);
  Aig& aig = relation.aig;
  const std::vector<std::optional<bool>> first = bits_at_start(program, relation);
  std::vector<char> never;        // bits that are no latches, since they never change
  std::vector<std::size_t> open;  // bits that are not the same in all first states
  never.assign(first.size(), 0);
  for (std::size_t s = 0; s < relation.slots.size(); ++s)
    for (int i = 0; i < relation.slots[s].width; ++i)
      never[relation.slots[s].first + i] = program.variable_of[s] < 0;
  for (std::size_t b = 0; b < first.size(); ++b)
    if (!first[b]) open.push_back(b);
  const bool several = !open.empty();

  literals_.assign(aig.size(), 0);
  literals_[bits::kTrue] = 1;
  for (const Lit input : relation.input) literals_[input] = 2 * ++variables_;
  std::vector<unsigned> given;  // inputs for the open bits
  for (std::size_t i = 0; i < open.size(); ++i) given.push_back(2 * ++variables_);
  inputs_ = variables_;
  std::vector<unsigned> inverted(relation.state.size(), 0);
  for (std::size_t b = 0; b < relation.state.size(); ++b) {
    inverted[b] = first[b].value_or(false);
    if (never[b]) {
      literals_[relation.state[b]] = inverted[b];
      continue;
    }
    literals_[relation.state[b]] = (2 * ++variables_) ^ inverted[b];
  }
  const unsigned begun = several ? 2 * ++variables_ : 1, seen = several ? 2 * ++variables_ : 1,
                 wrong = several ? 2 * ++variables_ : 0;
  for (std::size_t node = 2; node < aig.size(); ++node)
    if (aig.is_gate(static_cast<Lit>(node)))
      literals_[node] =
          both(literal(aig[static_cast<Lit>(node)].a), literal(aig[static_cast<Lit>(node)].b));

  std::vector<unsigned> given_to(relation.state.size(), 0);
  for (std::size_t i = 0; i < open.size(); ++i) given_to[open[i]] = given[i];
  for (std::size_t b = 0; b < relation.state.size(); ++b) {
    if (never[b]) continue;
    unsigned next = literal(relation.next[b]) ^ inverted[b];
    if (several) next = choose(begun, next, given_to[b]);
    latches_.push_back({next, fmt::format("s{}", b)});
  }
  unsigned good = 1;
  if (several) {
    const unsigned initial = literal(relation.initial);
    good = both(begun, choose(seen, wrong ^ 1, initial));
    latches_.push_back({1, "begun"});
    latches_.push_back({begun, "seen"});
    latches_.push_back({both(begun, good ^ 1), "wrong"});
  }
  for (const Goal& goal : program.goals) {
    Lit bad = bits::kFalse;
    if (goal.kind == GoalKind::Possible) continue;
    if (goal.kind == GoalKind::Exhausted) bad = relation.exhausted;
    if (goal.kind == GoalKind::Never) bad = relation.bad[goal.property];
    if (goal.kind == GoalKind::Fault)
      if (const auto fault = relation.faults.find(goal.fault); fault != relation.faults.end())
        bad = fault->second;
    outputs_.emplace_back(several ? both(literal(bad), good) : literal(bad), goal.name);
  }
}

void put_difference(std::string& out, unsigned number) {
  while (number & ~0x7fu) {
    out += static_cast<char>((number & 0x7f) | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

std::string Circuit::text(bool binary) const {
  std::string out = fmt::format("{} {} {} {} {} {}\n", binary ? "aig" : "aag", variables_, inputs_,
                                latches_.size(), outputs_.size(), gates_.size());
  if (!binary)
    for (std::size_t i = 1; i <= inputs_; ++i) out += fmt::format("{}\n", 2 * i);
  for (std::size_t i = 0; i < latches_.size(); ++i)
    out += binary ? fmt::format("{}\n", latches_[i].next)
                  : fmt::format("{} {}\n", 2 * (inputs_ + i + 1), latches_[i].next);
  for (const auto& [literal, name] : outputs_) out += fmt::format("{}\n", literal);
  for (const Gate& gate : gates_) {
    if (binary) {
      put_difference(out, gate.left - gate.high);
      put_difference(out, gate.high - gate.low);
    } else {
      out += fmt::format("{} {} {}\n", gate.left, gate.high, gate.low);
    }
  }
  for (std::size_t i = 0; i < latches_.size(); ++i)
    out += fmt::format("l{} {}\n", i, latches_[i].name);
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    out += fmt::format("o{} {}\n", i, outputs_[i].second);
  return out + fmt::format("c\n{}, exported by luproof\n", shown_);
}

}  // namespace

Written aiger(const Program& program) { return {Circuit(program).text(true), ""}; }
Written aag(const Program& program) { return {Circuit(program).text(false), ""}; }

}  // namespace luproof::checker::exporter
