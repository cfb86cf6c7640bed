// SPDX-License-Identifier: GPL-2.0-or-later
// Frame 0: constants, free slots in their ranges, one of the starts, and what follows from these.
#include <algorithm>

#include "checker/smt_unroll.h"

namespace luproof::checker::smt {

void Unroller::initialise() {
  frames_.emplace_back();
  Frame& frame = frames_.back();
  const std::size_t slots = system_.slots.size();
  frame.slots.resize(slots);
  frame.values.resize(slots);
  std::vector<char> by_term(slots, 0), by_start(slots, 0);
  for (const auto& [slot, term] : system_.initial_terms) by_term[slot] = 1;
  for (const auto& start : system_.starts)
    for (const auto& [slot, value] : start) by_start[slot] = 1;

  for (std::size_t s = 0; s < slots; ++s) {
    const SlotRange range = system_.at_start(static_cast<int>(s));
    if (by_term[s] || by_start[s]) continue;
    // Control is never free: what nobody sets is at its lowest value.
    const bool control = s >= static_cast<std::size_t>(system_.data_slots());
    if (system_.initial[s] || control || range.low == range.high) {
      frame.values[s] = {system_.initial[s].value_or(range.low)};
      frame.slots[s] = constant_word(frame.values[s][0]);
      continue;
    }
    frame.values[s] = in_range(range.low, range.high);
    frame.slots[s] = fresh_word(circuit_, range.low, range.high);
    circuit_.clause({-less(circuit_, frame.slots[s], constant_word(range.low))});
    circuit_.clause({-less(circuit_, constant_word(range.high), frame.slots[s])});
  }
  begin_at_a_start(frame, by_start);
  {
    Simplifier simplify(system_.terms, frame.values);
    Encoder encoder(circuit_, system_.terms, frame.slots);
    for (const auto& [slot, term] : system_.initial_terms) {
      const Values values = simplify.values(term);
      frame.slots[slot] = encoder.word(simplify(term));
      frame.values[slot] = values;
    }
  }
  frame.simplify.emplace(system_.terms, frame.values);
  frame.encoder.emplace(circuit_, system_.terms, frame.slots);
  for (const Term assumption : system_.assumptions) circuit_.clause({holds(0, assumption)});
}

void Unroller::begin_at_a_start(Frame& frame, const std::vector<char>& by_start) {
  std::vector<Lit> chosen;
  for (std::size_t i = 0; i < system_.starts.size(); ++i)
    chosen.push_back(system_.starts.size() == 1 ? kTrue : circuit_.fresh());
  if (!chosen.empty()) circuit_.clause(chosen);
  for (std::size_t s = 0; s < by_start.size(); ++s) {
    if (!by_start[s]) continue;
    std::vector<Value> values;  // of each start
    for (const auto& start : system_.starts) {
      const auto at = std::find_if(start.begin(), start.end(), [&](const auto& update) {
        return update.first == static_cast<int>(s);
      });
      values.push_back(at != start.end() ? at->second
                                         : system_.initial[s].value_or(system_.slots[s].low));
    }
    for (const Value value : values) {
      if (frame.values[s].empty())
        frame.values[s] = {value};
      else
        join(frame.values[s], {value});
    }
    if (frame.values[s].size() == 1) {
      frame.slots[s] = constant_word(values[0]);
      continue;
    }
    frame.slots[s] = fresh_word(circuit_, frame.values[s].front(), frame.values[s].back());
    for (std::size_t i = 0; i < values.size(); ++i)
      circuit_.clause({-chosen[i], equal(circuit_, frame.slots[s], constant_word(values[i]))});
  }
}

}  // namespace luproof::checker::smt
