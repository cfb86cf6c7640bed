// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/smt_plain.h"

#include <algorithm>

namespace luproof::checker::smt {
namespace {

// The bits of a free value that may be 0, highest first.
std::vector<Lit> open_bits(const Word& word) {
  std::vector<Lit> bits(word.rbegin(), word.rend());
  std::erase_if(bits, [](Lit lit) { return lit == kTrue || lit == kFalse; });
  return bits;
}

}  // namespace

Path plainest(System& system, Unroller& unroller, const Target& target, Path path,
              std::chrono::steady_clock::time_point until) {
  Circuit& circuit = unroller.circuit();
  std::vector<Lit> fixed = {reached(unroller, target, path.steps())};
  const int steps = path.steps() - (target.fault == Fault::None ? 0 : 1);
  for (int frame = 0; frame < steps; ++frame)
    for (const Taken& taken : unroller.taken(frame))
      if (taken.transition == path.taken[frame]) fixed.push_back(taken.lit);
  const auto possible = [&](const std::vector<Lit>& bits) {
    std::vector<Lit> all = fixed;
    for (const Lit bit : bits) all.push_back(-bit);
    const Answer answer = circuit.check(all, until);
    if (answer == Answer::Sat) fixed = std::move(all);
    return answer;
  };
  bool changed = false;
  for (int slot = 0; slot < system.data_slots(); ++slot) {
    const std::vector<Lit> bits = open_bits(unroller.slot(0, slot));
    if (bits.empty() || system.slots[slot].low < 0) continue;
    Answer answer = possible(bits);
    for (std::size_t i = 0; answer == Answer::Unsat && bits.size() > 1 && i < bits.size(); ++i)
      if (possible({bits[i]}) == Answer::Stopped) answer = Answer::Stopped;
    if (answer == Answer::Stopped) break;
    changed = true;
  }
  if (!changed || circuit.check(fixed, until + std::chrono::seconds(1)) != Answer::Sat) return path;
  auto found = read_path(system, unroller, circuit, target, path.steps());
  const auto measure = [](const Path& p) { return std::pair(p.weight, p.labels); };
  return found && measure(*found) <= measure(path) ? std::move(*found) : path;
}

}  // namespace luproof::checker::smt
